import { runProgram } from '../scripts/program.ts';
import { StageProgress } from '../scripts/stage-progress.ts';
import { untilStopped, whenAborted } from '../scripts/stop.ts';
import { short, type BenchCase, type StoreKind } from './case.ts';
import { cases } from './cases/index.ts';
import { program, type BenchOptions } from './options.ts';
import { drawChart } from './report/chart.ts';
import { describeMachine, machineLine } from './report/machine.ts';
import {
  caseResult,
  isEveryGoalMet,
  readResults,
  writeResults,
  type BenchResults,
  type CaseResult,
} from './report/results.ts';
import { describeResults, describeVerdict, format } from './report/table.ts';
import { BenchRun } from './run.ts';

const CHART = 'docs/pictures/bench.png';

async function bench({ store, quick, only, chart, redraw }: BenchOptions): Promise<number> {
  if (redraw !== undefined) {
    drawChart(readResults(redraw), chart ?? CHART);
    return 0;
  }
  const machine = describeMachine();
  console.log(`${machineLine(machine)}\n`);
  const measured = await measure(store, quick === true, only);
  const kind = quick ? 'quick' : 'full';
  const results: BenchResults = { date: new Date().toISOString(), store, kind, machine, cases: measured };
  console.log(`${describeResults(measured)}\n\n${describeVerdict(measured)}`);
  if (only.length === 0) {
    console.log(`Written to ${writeResults(results)}. Never compare times across runs.`);
    const target = chart ?? (quick || store === 'postgres' ? undefined : CHART);
    if (target !== undefined) drawChart(results, target);
  }
  return isEveryGoalMet(measured) ? 0 : 1;
}

/** Builds the databases and measures the cases, with a line of progress for each. */
async function measure(store: StoreKind, quick: boolean, only: readonly string[]): Promise<readonly CaseResult[]> {
  const stopped = whenAborted(untilStopped());
  await using run = await BenchRun.start(store, quick);
  const chosen = cases[store].filter(({ name }) => only.length === 0 || only.includes(name));
  const sizes = [...new Set(chosen.flatMap((one) => one.rows(quick)))].toSorted((a, b) => a - b);
  const building = sizes.map((rows) => `Building ${short(rows)} rows`);
  const progress = new StageProgress([...building, ...chosen.map(({ title }) => title)]);
  const measured = measureAll(run, sizes, chosen, progress);
  return await progress.show(Promise.race([measured, stopped]));
}

async function measureAll(
  run: BenchRun,
  sizes: readonly number[],
  chosen: readonly BenchCase[],
  progress: StageProgress,
): Promise<readonly CaseResult[]> {
  for (const rows of sizes) {
    await run.build(rows);
    progress.finish(`Built ${short(rows)} rows`);
  }
  const results: CaseResult[] = [];
  for (const one of chosen) {
    const result = caseResult(one.name, one.title, await run.measure(one));
    results.push(result);
    const values = result.measurements.map(({ value, unit }) => `${format(value)} ${unit}`);
    progress.finish(`${one.title}: ${values.join(', ')}`);
  }
  return results;
}

// Exits explicitly, so that measurements still under way do not keep a stopped program alive.
process.exit(await runProgram(program, bench));
