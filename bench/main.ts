import { Listr } from 'listr2';

import { runProgram } from '../scripts/program.ts';
import { short } from './case.ts';
import { cases } from './cases/index.ts';
import { parseOptions, usage, type BenchOptions } from './options.ts';
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

async function bench({ quick, only, chart }: BenchOptions): Promise<number> {
  const machine = describeMachine();
  console.log(`${machineLine(machine)}\n`);
  const measured = await measure(quick, only);
  const kind = quick ? 'quick' : 'full';
  const results: BenchResults = { date: new Date().toISOString(), kind, machine, cases: measured };
  console.log(`${describeResults(measured)}\n\n${describeVerdict(measured)}`);
  if (only.length === 0) {
    console.log(`Written to ${writeResults(results)}. Never compare times across runs.`);
    const target = chart ?? (quick ? undefined : CHART);
    if (target !== undefined) drawChart(results, target);
  }
  return isEveryGoalMet(measured) ? 0 : 1;
}

function redraw(file: string, chart = CHART): number {
  drawChart(readResults(file), chart);
  return 0;
}

/** One line for each database and each case. */
async function measure(quick: boolean, only: readonly string[]): Promise<readonly CaseResult[]> {
  using run = new BenchRun(quick);
  const chosen = cases.filter(({ name }) => only.length === 0 || only.includes(name));
  const sizes = new Set(chosen.flatMap((one) => one.rows(quick)).toSorted((a, b) => a - b));
  const results: CaseResult[] = [];
  const building = [...sizes].map((rows) => ({ title: `Building ${short(rows)} rows`, task: () => run.build(rows) }));
  const measuring = chosen.map((one) => ({
    title: one.title,
    task: async (_context: object, task: { title: string }) => {
      const result = caseResult(one.name, one.title, await run.measure(one));
      results.push(result);
      task.title = `${one.title}: ${result.measurements.map(({ value, unit }) => `${format(value)} ${unit}`).join(', ')}`;
    },
  }));
  await new Listr([...building, ...measuring], { concurrent: false, fallbackRenderer: 'simple' }).run();
  return results;
}

process.exitCode = await runProgram(
  {
    usage,
    parse: parseOptions,
    run: (options) => (options.redraw === undefined ? bench(options) : redraw(options.redraw, options.chart)),
  },
  process.argv.slice(2),
);
