import { InvalidArgumentError, Option } from '@commander-js/extra-typings';

import { createProgram } from '../scripts/program.ts';
import { wholeNumber } from '../scripts/whole-number.ts';
import { designs } from './designs.ts';
import { contradictionIn } from './contradictions.ts';
import { LONG } from './kept-results.ts';
import { backends, defaultNemeses, nemesisNames, replications, type NemesisName } from './choices.ts';

export const program = createProgram(
  'chaos',
  'Kills processes and threads that deliver a feed to a Discord on this machine, and checks that every item is ' +
    'posted exactly once. With --file-faults, stops and kills processes that share a store, and deletes, renames and ' +
    'replaces its files, and checks that nothing acknowledged is lost and nothing granted twice. With --feed-faults, ' +
    'polls a faulty EDGAR, and checks that nothing old is posted, nothing lost, and no crawl called complete that is ' +
    'not. The seed repeats the plan, not the scheduling of processes: two runs of one seed differ in detail, but for ' +
    `the feed faults. A run of ${LONG.kills} kills or ${LONG.failovers} failovers and more is kept in chaos/results, a ` +
    'file of JSON for each, whatever came of it, unless the design is broken on purpose.',
  '0 when every promise was kept, 1 when not',
)
  .option('--kills <n>', 'kills, at every step of a delivery and at random moments', wholeNumber(100_000), 40)
  .addOption(
    new Option('--store <name>', 'the database that the deliveries share: a file, or a PostgreSQL server')
      .choices(backends)
      .default('sqlite' as const),
  )
  .addOption(
    new Option(
      '--nemesis <names>',
      `what disturbs the database and the clocks beside the kills, separated by commas: ${nemesisNames.join(', ')}; a ` +
        'file can have clocks alone',
    )
      .argParser(nemesisList)
      .default(defaultNemeses, 'all but pauses'),
  )
  .addOption(
    new Option('--failovers <n>', 'failovers of the server to its standby, which imply --store postgres')
      .argParser(wholeNumber(1_000))
      .implies({ store: 'postgres' as const }),
  )
  .addOption(
    new Option('--replication <kind>', 'with --failovers, how commits reach the standby')
      .choices(replications)
      .default('sync' as const),
  )
  .addOption(
    new Option('--file-faults', 'fault the files of the store instead of killing deliveries').conflicts([
      'kills',
      'threads',
      'items',
      'store',
      'nemesis',
      'failovers',
      'replication',
    ]),
  )
  .addOption(
    new Option('--faults <n>', 'faults, with --file-faults, which this implies')
      .argParser(wholeNumber(100_000))
      .default(120)
      .implies({ fileFaults: true }),
  )
  .addOption(
    new Option('--feed-faults', 'fault the feed instead of killing deliveries').conflicts([
      'kills',
      'threads',
      'items',
      'processes',
      'faults',
      'fileFaults',
      'store',
      'nemesis',
      'failovers',
      'replication',
    ]),
  )
  .addOption(
    new Option('--seeds <n>', 'feeds, each with a seed of its own, with --feed-faults, which this implies')
      .argParser(wholeNumber(100_000))
      .default(200)
      .implies({ feedFaults: true }),
  )
  .addOption(
    new Option('--seed <n>', 'seed of the plan, of the feed and of the faults; the first one, with --feed-faults')
      .argParser(wholeNumber())
      .default(1 + Math.floor(Math.random() * 999_999), 'a new one, which is printed'),
  )
  .option('--processes <n>', 'processes that deliver, or share the store', wholeNumber(64), 3)
  .option('--threads <n>', 'worker threads in each process that delivers', wholeNumber(64), 2)
  .option('--items <n>', 'least number of items that the feed lists', wholeNumber(100_000), 100)
  .addOption(
    new Option('--design <name>', 'ours, or one that is broken on purpose, to prove that the check notices')
      .choices(designs)
      .default('ours' as const),
  )
  .option(
    '--summary',
    'cause nothing: sum up the results kept in chaos/results, in a table that is printed and put into README.md',
  )
  .option('--log <file>', 'write the history of the run there, a line of JSON for each event')
  .option('--json', 'end with one line of JSON')
  .action((options, command) => {
    const given = Object.keys(options).filter((name) => command.getOptionValueSource(name) === 'cli');
    const contradiction = contradictionIn(options, given);
    if (contradiction !== undefined) command.error(`error: ${contradiction}`);
  });

/** Parses the names of nemeses. */
function nemesisList(text: string): readonly NemesisName[] {
  const names = text.split(',').map((name) => name.trim());
  const known = nemesisNames.filter((name) => names.includes(name));
  if (known.length === names.length) return known;
  throw new InvalidArgumentError(`Allowed are ${nemesisNames.join(', ')}, separated by commas.`);
}

export type ChaosOptions = ReturnType<typeof program.opts>;

/** The options of a run that kills deliveries. */
export type KillOptions = Omit<ChaosOptions, 'faults' | 'fileFaults' | 'feedFaults' | 'seeds'>;
