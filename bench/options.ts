import { parseArgs } from 'node:util';

import { cases } from './cases/index.ts';

export const usage = `Measures the store on this machine, beside what the machine allows, what it replaces and what else there is.

Usage: npm run bench [-- OPTIONS]

  --quick        up to 1M rows, in under two minutes   (default: up to 10M, about twelve minutes, 2 GB of disk)
  --only NAME    only this row; may be given more than once:
                 ${cases.map(({ name }) => name).join(', ')}
  --chart FILE   draws the chart there                 (default: docs/pictures/bench.png after a full run)
  --redraw FILE  measures nothing, and draws the chart of a results file anew
  --help         this text

The results go to bench/results/. Compare ratios within one run, never times across two.

Exit codes: 0 when every measured goal is met, 1 when one is missed, 2 for a wrong option.
`;

export interface BenchOptions {
  readonly quick: boolean;
  readonly only: readonly string[];
  readonly chart: string | undefined;
  readonly redraw: string | undefined;
}

/** @throws With a message that says which option is wrong. */
export function parseOptions(args: readonly string[]): BenchOptions | 'help' {
  const { values } = parseArgs({
    args: [...args],
    options: {
      quick: { type: 'boolean', default: false },
      only: { type: 'string', multiple: true, default: [] },
      chart: { type: 'string' },
      redraw: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return 'help';
  const { quick, only, chart, redraw } = values;
  const unknown = only.find((name) => !cases.some((one) => one.name === name));
  if (unknown !== undefined)
    throw new Error(`--only: there is no row "${unknown}", but ${cases.map(({ name }) => name).join(', ')}.`);
  return { quick, only, chart, redraw };
}
