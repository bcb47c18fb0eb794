import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

import { keptResults, type KeptResult } from '../../chaos/kept-results.ts';
import { summaryOf, withSummary } from '../../chaos/summary.ts';

const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');

const result: KeptResult = {
  date: '2026-11-26T12:00:00.000Z',
  version: '0.1.0 (abc1234)',
  backend: 'postgres',
  nemeses: ['proxy', 'clocks'],
  seed: 1,
  processes: 4,
  threads: 2,
  planned: { kills: 1_000, failovers: 0 },
  kills: 1_000,
  overdue: 0,
  killsPerMinute: 60,
  failovers: 0,
  replication: null,
  items: 400,
  posts: 500,
  twice: 0,
  lost: 0,
  broken: [],
  findings: [],
  resumedMs: { process: { p50: 90, p99: 1_200 }, thread: { p50: 3_000, p99: 4_000 }, open: 0, leftOut: 2 },
  polling: { together: 0, takeoverMs: { p50: 250, p99: 5_100, longest: 5_200 } },
};

const unmeasured = { p50: null, p99: null };

const rowsOf = (results: readonly KeptResult[]): string[] => summaryOf(results).split('\n').slice(2);

test('the README sums up the results that were kept: npm run chaos -- --summary writes it', () => {
  expect(withSummary(readme, keptResults())).toBe(readme);
});

test('runs of a kind share a row, with the sums of what they did, the fewest kills a minute and the worst of their times', () => {
  const other = {
    ...result,
    seed: 2,
    killsPerMinute: 45,
    version: '0.1.0 (def5678)',
    resumedMs: { process: { p50: 300, p99: null }, thread: unmeasured, open: 1, leftOut: 0 },
  };
  const onFile: KeptResult = {
    ...result,
    backend: 'sqlite',
    nemeses: [],
    resumedMs: { process: unmeasured, thread: unmeasured, open: 0, leftOut: 0 },
    polling: undefined,
  };
  expect(rowsOf([result, onFile, other])).toEqual([
    '| postgres | proxy, clocks | 1, 2 | 2,000 | 45 | 1,000 | 0 | 0 | 0 | 300 ms | 1,200 ms | 0.1.0 (abc1234), 0.1.0 (def5678) | 2 of 2 |',
    '| sqlite | nothing | 1 | 1,000 | 60 | 500 | 0 | 0 |  |  |  | 0.1.0 (abc1234) | 1 of 1 |',
  ]);
});

test('failovers are counted by the kind of standby, and what an asynchronous one lost is called allowed', () => {
  const failover = { ...result, failovers: 20, nemeses: ['clocks'] } as const;
  const rows = rowsOf([
    { ...failover, replication: 'sync', lost: 1, broken: ['1 lost'] },
    { ...failover, replication: 'async', lost: 3 },
  ]);
  expect(rows[0]).toContain('| 20 failovers, async, clocks | 1 | 1,000 | 60 | 500 | 0 | 3 (allowed) | 0 |');
  expect(rows[1]).toContain('| 20 failovers, sync, clocks | 1 | 1,000 | 60 | 500 | 0 | 1 | 0 |');
});

test('a run that broke a promise looks so in its row, whatever it broke, and is named below the table', () => {
  const broken = { ...result, seed: 7, broken: ['2 out of order', '1 unexplained'] };
  const [row, ...below] = rowsOf([result, broken]);
  expect(row).toMatch(/ 1 of 2 \*\*✘\*\* \|$/);
  expect(below).toEqual([
    '',
    'Runs that broke a promise:',
    '',
    '- postgres, seed 7, 2026-11-26: 2 out of order, 1 unexplained.',
  ]);
});

test('a run that did not end is broken, and adds nothing to what was posted twice or lost', () => {
  const unended = { ...result, seed: 7, kills: 60, twice: null, lost: null, broken: ['did not end: Stopped: SIGINT'] };
  const [row, ...below] = rowsOf([result, unended]);
  expect(row).toContain('| 1, 7 | 1,060 | 60 | 1,000 | 0 | 0 | 0 |');
  expect(row).toMatch(/ 1 of 2 \*\*✘\*\* \|$/);
  expect(below.at(-1)).toBe('- postgres, seed 7, 2026-11-26: did not end: Stopped: SIGINT.');
});
