import { setTimeout as delay } from 'node:timers/promises';
import BetterSqlite3 from 'better-sqlite3';
import type { SeenStore } from 'sapphire-plugin-seen/store';

import { atMost, databaseOf, million, type BenchCase } from '../../case.ts';
import { copyOf } from '../../databases/sqlite.ts';
import { feedBatches } from '../../databases/ids.ts';
import { openQuietStore } from '../../databases/open.ts';
import { longest, median } from '../../measure/statistics.ts';
import { watchEventLoop, type Stall } from '../../measure/stall.ts';
import { Child } from '../../processes/child.ts';

const LOCK_MS = 5_000;
const WARM_UP_MS = 1_500;

interface Round {
  readonly ours: number;
  /** With the waits for other processes. */
  readonly felt: number;
  readonly idle: number;
  readonly delayed: number;
}

/** Another process holds the write lock while this one marks, claims and reads. */
const lockCase: BenchCase = {
  name: 'lock',
  title: 'Event-loop stall while another process holds the lock for 5 s',
  rows: () => [million],
  run: async ({ quick, ...input }) => {
    const path = copyOf(databaseOf({ quick, ...input }, million), input.folder, 'lock');
    const rounds: Round[] = [];
    for (let round = 0; round < (quick ? 3 : 5); round += 1) rounds.push(await oursUnderLock(path));
    const naive = await naiveUnderLock(path);
    const ours = median(rounds.map((round) => round.ours));
    const most = longest(rounds.map((round) => round.ours));
    const felt = longest(rounds.map((round) => round.felt));
    const idle = longest(rounds.map((round) => round.idle));
    const delayed = median(rounds.map((round) => round.delayed));
    return [
      {
        label: 'longest stall, median of the rounds',
        value: ours,
        unit: 'ms',
        ...atMost(20),
        detail: `worst ${most.toFixed(1)} ms, with the waits for other processes ${felt.toFixed(1)} ms, an idle process beside it ${idle.toFixed(1)} ms; a mark in the main thread with a busy timeout ${naive.toFixed(0)} ms`,
        figures: { ours, worst: most, felt, idle, naive, longestWriteMs: delayed },
      },
    ];
  },
};

async function oursUnderLock(path: string): Promise<Round> {
  const store = await openQuietStore(path);
  const batches = feedBatches(100, million);
  // A bot that has just started collects what its start has left behind.
  await work(store, batches, WARM_UP_MS);
  const idle = await Child.start('idle.ts');
  const holder = await Child.start('lock-holder.ts', [path, String(LOCK_MS)]);
  const stop = watchEventLoop();
  idle.go();
  holder.go();
  const delayed = await work(store, batches, LOCK_MS + 500);
  const { ownMs: ours, longestMs: felt } = stop();
  const { longestMs } = await idle.stop<Stall>();
  await holder.result();
  await store.close();
  return { ours, felt, idle: longestMs, delayed };
}

/** Works as a bot does, ten times as often: marks, claims and reads. Returns the wait of its slowest write. */
async function work(store: SeenStore, batches: readonly string[][], ms: number): Promise<number> {
  const until = performance.now() + ms;
  const waits: Promise<number>[] = [];
  for (let turn = 0; performance.now() < until; turn += 1) {
    waits.push(waitFor(store.markSeen(`lock-mark-${turn}`)));
    if (turn % 10 === 0) waits.push(waitFor(claimAndCommit(store, `lock-claim-${performance.now()}`)));
    await store.filterUnseen(batches[turn % batches.length] ?? []);
    await store.isSeen(`lock-mark-${turn}`);
    await delay(10);
  }
  return longest(await Promise.all(waits));
}

async function claimAndCommit(store: SeenStore, id: string): Promise<void> {
  const claims = await store.claim([id]);
  if (claims.length !== 1) throw new Error(`${id} was not granted.`);
  await store.commit(claims);
}

async function waitFor(write: Promise<void>): Promise<number> {
  const startedAt = performance.now();
  await write;
  return performance.now() - startedAt;
}

async function naiveUnderLock(path: string): Promise<number> {
  const db = new BetterSqlite3(path, { timeout: 30_000 });
  const holder = await Child.start('lock-holder.ts', [path, String(LOCK_MS)]);
  const stop = watchEventLoop();
  holder.go();
  await delay(100);
  db.prepare("INSERT INTO seen (id, ts) VALUES ('lock-naive', 1) ON CONFLICT DO NOTHING").run();
  await delay(10);
  const { longestMs } = stop();
  db.close();
  await holder.result();
  return longestMs;
}

export default lockCase;
