import { Option } from '@commander-js/extra-typings';

import { createProgram } from '../scripts/program.ts';
import { cases } from './cases/index.ts';

export const program = createProgram(
  'bench',
  'Measures the store on this machine, next to bare SQLite, the earlier bot and other stores. Takes about twelve ' +
    'minutes and 2 GB of disk. The results go to bench/results/. Compare ratios within one run, never times across two.',
  '0 when every measured goal is met, 1 when one is missed',
)
  .addOption(
    new Option(
      '--store <kind>',
      'the backend: a SQLite file, or a PostgreSQL server that is started for it on this machine',
    )
      .choices(['sqlite', 'postgres'] as const)
      .default('sqlite' as const),
  )
  .option('--quick', 'measure less, and a SQLite file up to 1M rows instead of 10M, in about two minutes')
  .addOption(
    new Option('--only <name...>', 'measure only these rows of the table')
      .choices([...new Set([...cases.sqlite, ...cases.postgres].map(({ name }) => name))])
      .default([], 'all'),
  )
  .option('--chart <file>', 'draw the chart there (default after a full run: docs/pictures/bench.png)')
  .option('--redraw <file>', 'measure nothing, and draw the chart of a results file again')
  .action(({ store, only }, command) => {
    const known = cases[store].map(({ name }) => name);
    const unknown = only.filter((name) => !known.includes(name));
    if (unknown.length > 0)
      command.error(`error: --store ${store} has no row ${unknown.join(', ')}. Its rows are ${known.join(', ')}.`);
  });

export type BenchOptions = ReturnType<typeof program.opts>;
