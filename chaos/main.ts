import { runProgram } from '../scripts/program.ts';
import { StageProgress } from '../scripts/stage-progress.ts';
import { untilStopped } from '../scripts/stop.ts';
import { isValid, type ChaosReport } from './checker.ts';
import { History } from './history.ts';
import { program, type ChaosOptions } from './options.ts';
import { planKills } from './plan.ts';
import { runChaos, type ChaosListener } from './run.ts';
import { describeProgress, describeReport, toJsonLine } from './show.ts';

async function causeChaos(options: ChaosOptions): Promise<number> {
  console.log(`Seed ${options.seed}`);
  const report = await showProgress(options);
  console.log(describeReport(report));
  if (options.json) console.log(toJsonLine(report));
  return isValid(report) ? 0 : 1;
}

async function showProgress(options: ChaosOptions): Promise<ChaosReport> {
  using history = new History(options.log);
  const progress = new StageProgress(['Killing', 'Letting the survivors finish']);
  const extras = { history, listener: listenerFor(progress, options.kills), signal: untilStopped() };
  return await progress.show(runChaos(options, planKills(options), extras));
}

function listenerFor(progress: StageProgress, planned: number): ChaosListener {
  let latest = '';
  return {
    onProgress(counts) {
      latest = describeProgress(counts, planned);
      progress.update(latest, counts.kills / planned);
    },
    onDraining: () => progress.finish(`Killed: ${latest}`),
  };
}

process.exitCode = await runProgram(program, causeChaos);
