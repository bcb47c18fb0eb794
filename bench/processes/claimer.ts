// Claims and commits the same ids as every other claimer, in one process or in several threads of it.
import { once } from 'node:events';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { openSeenStore } from 'sapphire-plugin-seen/store';

import { namedBy } from '../databases/open.ts';
import { NEVER_DAYS } from '../databases/sqlite.ts';
import { idOf } from '../databases/ids.ts';
import { BareClaims } from '../measure/bare-claims.ts';
import { serve } from './serve.ts';

export interface ClaimerTask {
  /** The file, or the URL where the design is ours. */
  readonly database: string;
  readonly design: 'ours' | 'busy timeout';
  readonly threads: number;
  /** Number of the first id to claim. */
  readonly from: number;
  readonly count: number;
}

export interface ClaimerResult {
  readonly granted: readonly string[];
  /** Duration of each claim and of each commit, in milliseconds. */
  readonly waits: readonly number[];
}

interface Claimer {
  claim(ids: readonly string[]): Promise<() => Promise<void>>;
  close(): Promise<void>;
}

const BATCH = 10;

async function openClaimer({ database, design }: ClaimerTask, granted: string[]): Promise<Claimer> {
  return design === 'ours' ? ours(database, granted) : bare(database, granted);
}

async function ours(database: string, granted: string[]): Promise<Claimer> {
  const store = await openSeenStore({ ...namedBy(database), ttlDays: NEVER_DAYS });
  await store.markSeen('claimer-start');
  return {
    claim: async (ids) => {
      const claims = await store.claim(ids);
      granted.push(...claims.map(({ id }) => id));
      return () => store.commit(claims);
    },
    close: () => store.close(),
  };
}

async function bare(path: string, granted: string[]): Promise<Claimer> {
  const claims = new BareClaims(path, { busyTimeoutMs: 30_000 });
  return {
    claim: async (ids) => {
      const own = claims.claim(ids);
      granted.push(...own);
      return async () => claims.commit(own);
    },
    close: async () => claims.close(),
  };
}

async function claimAll(claimer: Claimer, { from, count }: ClaimerTask): Promise<number[]> {
  const waits: number[] = [];
  for (let n = from; n < from + count; n += BATCH) {
    const ids = Array.from({ length: BATCH }, (_, index) => idOf(n + index));
    const commit = await timed(waits, () => claimer.claim(ids));
    await timed(waits, commit);
  }
  return waits;
}

async function timed<T>(waits: number[], work: () => Promise<T>): Promise<T> {
  const startedAt = performance.now();
  const result = await work();
  waits.push(performance.now() - startedAt);
  return result;
}

async function prepareOne(task: ClaimerTask): Promise<() => Promise<ClaimerResult>> {
  const granted: string[] = [];
  const claimer = await openClaimer(task, granted);
  return async () => {
    const waits = await claimAll(claimer, task);
    await claimer.close();
    return { granted, waits };
  };
}

async function prepareThread(task: ClaimerTask): Promise<() => Promise<ClaimerResult>> {
  const worker = new Worker(new URL(import.meta.url), { workerData: task });
  await once(worker, 'message');
  return async () => {
    worker.postMessage('go');
    const [result] = (await once(worker, 'message')) as [ClaimerResult];
    return result;
  };
}

if (isMainThread) {
  const task = JSON.parse(process.argv[2] ?? '') as ClaimerTask;
  const prepare = task.threads > 1 ? prepareThread : prepareOne;
  await serve<ClaimerResult>(async () => {
    const runs = await Promise.all(Array.from({ length: task.threads }, () => prepare(task)));
    return async () => {
      const results = await Promise.all(runs.map((run) => run()));
      return { granted: results.flatMap(({ granted }) => granted), waits: results.flatMap(({ waits }) => waits) };
    };
  });
} else {
  const run = await prepareOne(workerData as ClaimerTask);
  if (parentPort === null) throw new Error('This thread has no parent port.');
  const port = parentPort;
  const told = once(port, 'message');
  port.postMessage('ready');
  await told;
  port.postMessage(await run());
}
