import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { count } from './format.ts';
import { keptResults, type KeptResult } from './kept-results.ts';

const readme = fileURLToPath(new URL('../README.md', import.meta.url));
const MARKS = { begin: '<!-- results -->', end: '<!-- /results -->' };

const COLUMNS = [
  'database',
  'beside the kills',
  'seeds',
  'kills',
  'kills a minute',
  'posts',
  'twice',
  'lost',
  'polled together',
  'resumed in, p50',
  'p99',
  'version',
  'valid runs',
];

/** Sums up the results: a row for each kind of run, and below what was wrong with the runs that broke a promise. */
export function summaryOf(results: readonly KeptResult[]): string {
  if (results.length === 0) return 'No long run has been kept yet.';
  const kinds = [...Map.groupBy(results, kindOf)].toSorted(([a], [b]) => (a < b ? -1 : 1));
  const broken = results.filter((run) => !isValid(run)).map(describeBroken);
  return [
    `| ${COLUMNS.join(' | ')} |`,
    `|${'---|'.repeat(COLUMNS.length)}`,
    ...kinds.map(([, runs]) => `| ${cellsOf(runs).join(' | ')} |`),
    ...(broken.length === 0 ? [] : ['', 'Runs that broke a promise:', '', ...broken]),
  ].join('\n');
}

/** Returns the README with the present summary between its marks. */
export function withSummary(text: string, results: readonly KeptResult[]): string {
  const [before, rest = ''] = text.split(MARKS.begin, 2);
  const [, after] = rest.split(MARKS.end, 2);
  if (before === undefined || after === undefined) throw new Error(`${readme} lacks ${MARKS.begin} … ${MARKS.end}.`);
  return `${before}${MARKS.begin}\n\n${summaryOf(results)}\n\n${MARKS.end}${after}`;
}

/** Writes the summary of all kept results into the README, and returns it. */
export function writeSummary(): string {
  const results = keptResults();
  writeFileSync(readme, withSummary(readFileSync(readme, 'utf8'), results));
  return summaryOf(results);
}

function isValid({ broken }: KeptResult): boolean {
  return broken.length === 0;
}

function kindOf({ backend, nemeses, replication }: KeptResult): string {
  return [backend, replication, ...nemeses].join(' ');
}

/** Describes the runs of a kind together: the sums of what was done, the fewest kills a minute, and the worst of the times. */
function cellsOf(runs: readonly KeptResult[]): string[] {
  const sum = (of: (run: KeptResult) => number): number => runs.reduce((total, run) => total + of(run), 0);
  const polling = runs.flatMap((run) => run.polling ?? []);
  return [
    [...new Set(runs.map(({ backend }) => backend))].join(', '),
    disturbancesOf(runs),
    listed(runs.map(({ seed }) => String(seed))),
    count(sum(({ kills }) => kills)),
    count(Math.min(...runs.map(({ killsPerMinute }) => killsPerMinute))),
    count(sum(({ posts }) => posts)),
    count(sum(({ twice }) => twice ?? 0)),
    lostIn(runs),
    polling.length === 0 ? '' : count(polling.reduce((total, { together }) => total + together, 0)),
    worst(runs.map(({ resumedMs }) => resumedMs.process.p50)),
    worst(runs.map(({ resumedMs }) => resumedMs.process.p99)),
    listed(runs.map(({ version }) => version)),
    `${runs.filter(isValid).length} of ${runs.length}${runs.every(isValid) ? '' : ' **✘**'}`,
  ];
}

function disturbancesOf(runs: readonly KeptResult[]): string {
  const failovers = runs.reduce((total, run) => total + run.failovers, 0);
  const standby = listed(runs.flatMap(({ replication }) => replication ?? []));
  const failed = standby === '' ? [] : [`${count(failovers)} failovers, ${standby}`];
  return [...failed, ...new Set(runs.flatMap(({ nemeses }) => nemeses))].join(', ') || 'nothing';
}

/** A standby that gets commits late may lack some that were confirmed: what was in them alone is lost by design. */
function lostIn(runs: readonly KeptResult[]): string {
  const lost = runs.reduce((total, run) => total + (run.lost ?? 0), 0);
  return `${count(lost)}${lost > 0 && runs.every(({ replication }) => replication === 'async') ? ' (allowed)' : ''}`;
}

function worst(times: readonly (number | null)[]): string {
  const known = times.filter((time) => time !== null);
  return known.length === 0 ? '' : `${count(Math.max(...known))} ms`;
}

function listed(names: readonly string[]): string {
  return [...new Set(names)].join(', ');
}

function describeBroken({ backend, seed, date, broken }: KeptResult): string {
  return `- ${backend}, seed ${seed}, ${date.slice(0, 10)}: ${broken.join(', ')}.`;
}
