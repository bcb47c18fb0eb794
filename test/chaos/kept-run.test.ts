import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';

import { History } from '../../chaos/history.ts';
import { keptResults } from '../../chaos/kept-results.ts';
import { isKept, KeptRun } from '../../chaos/kept-run.ts';
import type { ChaosReport } from '../../chaos/kills/checker.ts';
import type { KillOptions } from '../../chaos/options.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const options: KillOptions = {
  kills: 200,
  seed: 7,
  processes: 3,
  threads: 2,
  items: 100,
  design: 'ours',
  store: 'sqlite',
  nemesis: ['clocks'],
  replication: 'sync',
};

const times = { p50: null, p99: null };

const report: ChaosReport = {
  seed: 7,
  design: 'ours',
  kills: { total: 60, thread: 20, process: 20, everything: 20, moments: { random: 58, overdue: 2 }, perMinute: 59.6 },
  clockSteps: { one: 0, all: 0 },
  troubles: {},
  changedMessages: { previews: 0, hidden: 0 },
  pauses: 0,
  serverFaults: {},
  backend: 'sqlite',
  mayForget: false,
  nemeses: ['clocks'],
  resumedMs: { process: { p50: 90, p99: 800 }, thread: times, open: 1, leftOut: 20 },
  items: 100,
  expectedPosts: 120,
  posts: 120,
  duplicates: [],
  losses: [],
  strangers: 0,
  unfinished: [],
  paid: 0,
  paidAgain: 0,
  paidForNothing: [],
  discordFaults: 0,
  deadLettersReplayed: 0,
  problems: ['process 0 ended with 1. Error: no /home/somebody/project/chaos/client.ts\n    at run (/home/x/y.ts:1:2)'],
  outOfOrder: [],
  overtaken: {},
  requests: 0,
  repeatedByNonce: 0,
  lookups: 0,
  polledTogether: [],
  unpolled: [],
  polls: 0,
  terms: 0,
  takeoverMs: { ...times, longest: null },
};

test('a run is kept by what was planned', () => {
  expect(isKept(options)).toBe(true);
  expect(isKept({ ...options, kills: 40 })).toBe(false);
  expect(isKept({ ...options, kills: 40, failovers: 10 })).toBe(true);
  expect(isKept({ ...options, design: 'no-nonce' })).toBe(false);
});

test('a run that hangs, or whose process is killed, is kept as one that did not end', () => {
  const folder = temporaryFolder();
  KeptRun.begin(options, '0.1.0 (abc1234)', folder);
  const [kept, ...others] = keptResults(folder);
  expect(others).toEqual([]);
  expect(kept).toMatchObject({
    broken: ['did not end'],
    planned: { kills: 200, failovers: 0 },
    twice: null,
    lost: null,
  });
});

test('a run that throws is kept as broken, as far as it came, without paths of the machine and a stack', () => {
  const folder = temporaryFolder();
  const run = KeptRun.begin(options, '0.1.0 (abc1234)', folder);
  using history = new History();
  run.follow({ history }).listener?.onProgress({ kills: 60, perMinute: 58.7, items: 10, posts: 12 });
  const text = `ENOENT: open '${join(folder, 'data.sqlite')}', asked http://127.0.0.1:80/api/v10 for it.`;
  run.fail(new Error(`${text}\n    at open (${pathToFileURL(join(folder, 'x.ts')).href}:1:2)`));
  expect(keptResults(folder)).toMatchObject([
    {
      broken: ["did not end: ENOENT: open '…', asked http://127.0.0.1:80/api/v10 for it"],
      kills: 60,
      overdue: null,
      killsPerMinute: 59,
      posts: 12,
    },
  ]);
});

test('a run that broke down before its planned kills is kept with its version and what it found', () => {
  const folder = temporaryFolder();
  KeptRun.begin(options, '0.1.0 (abc1234)', folder).end(report);
  expect(keptResults(folder)).toMatchObject([
    {
      version: '0.1.0 (abc1234)',
      planned: { kills: 200 },
      kills: 60,
      overdue: 2,
      twice: 0,
      broken: ['1 unexplained'],
      findings: ['process 0 ended with 1. Error: no …'],
      resumedMs: { process: { p50: 90, p99: 800 }, open: 1, leftOut: 20 },
    },
  ]);
});
