import { runProgram } from '../scripts/program.ts';
import { StageProgress } from '../scripts/stage-progress.ts';
import { untilStopped } from '../scripts/stop.ts';
import { program, type DemoOptions } from './options.ts';
import { isExactlyOnce } from './report.ts';
import { runDemo, type DemoResult } from './run.ts';
import type { DemoListener } from './state-cycles.ts';
import { describeCycle, describeResult, toJsonLine } from './show.ts';

async function demonstrate(options: DemoOptions): Promise<number> {
  const result = await showProgress(options);
  console.log(describeResult(result));
  if (options.json) console.log(toJsonLine(result));
  return isExactlyOnce(result) ? 0 : 1;
}

/** Runs the demo with a line of progress for each cycle. */
async function showProgress(options: DemoOptions): Promise<DemoResult> {
  const progress = new StageProgress(Array.from({ length: options.cycles }, (_, index) => `Cycle ${index + 1}`));
  return progress.show(runDemo(options, listenerFor(progress), { signal: untilStopped() }));
}

function listenerFor(progress: StageProgress): DemoListener {
  let toEnrich = 0;
  let postedBefore = 0;
  let posted = 0;
  return {
    onDelivering(count) {
      toEnrich = count;
      postedBefore = posted;
    },
    onPosted(count) {
      posted = count;
      if (toEnrich === 0) progress.update('crawling EDGAR', 0);
      else progress.update(`posted ${posted - postedBefore} of ${toEnrich}`, (posted - postedBefore) / toEnrich);
    },
    onCycle(cycle, report) {
      toEnrich = 0;
      progress.finish(`Cycle ${cycle}: ${describeCycle(report)}`);
    },
  };
}

process.exitCode = await runProgram(program, demonstrate);
