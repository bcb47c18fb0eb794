import { setTimeout as delay } from 'node:timers/promises';
import { openSeenStore, type SeenStore } from 'sapphire-plugin-seen/store';

import { atMost, databaseOf, type BenchCase, type Measurement } from '../../case.ts';
import { idOf } from '../../databases/ids.ts';
import { NEVER_DAYS } from '../../databases/sqlite.ts';
import { quantile } from '../../measure/statistics.ts';
import { Child } from '../../processes/child.ts';
import type { OwnerTask } from '../../processes/owner.ts';

const ROWS = 10_000;
/** The first id that the other cases on this database leave alone. */
const FIRST_ID = ROWS + 1_000_000;
const BATCH = 30;
const FEED = 'resume';
const LEASE_MS = 2_000;
/** Time between two looks for items that are due, in milliseconds. */
const LOOK_MS = 50;

/**
 * The time until another process has all items of an owner: of one that was killed on the same host, and of one that is
 * only silent, which is how an owner on another machine looks, dead or not.
 */
const resumeCase: BenchCase = {
  name: 'resume',
  title: "A lost owner's items go on in PostgreSQL",
  rows: () => [ROWS],
  run: async (input) => {
    const url = databaseOf(input, ROWS);
    const store = await openSeenStore({ url, ttlDays: NEVER_DAYS });
    const rounds = input.quick ? 10 : 50;
    let next = FIRST_ID;
    const timesOf = async (signal: 'SIGKILL' | 'SIGSTOP', leaseMs: number, count: number): Promise<number[]> => {
      const times: number[] = [];
      for (let round = 0; round < count; round += 1) {
        const ids = Array.from({ length: BATCH }, (_, index) => idOf(next + index));
        next += BATCH;
        times.push(await timeToResume(store, { database: url, feed: FEED, ids, leaseMs }, signal));
      }
      return times;
    };
    const killed = await timesOf('SIGKILL', 60_000, rounds);
    const silent = await timesOf('SIGSTOP', LEASE_MS, Math.ceil(rounds / 5));
    await store.close();
    return [
      measurement('killed on the same host', killed, 1_000),
      measurement(`silent, as on another machine, with a lease of ${LEASE_MS} ms`, silent, LEASE_MS + 2 * LOOK_MS),
    ];
  },
};

function measurement(label: string, times: readonly number[], goal: number): Measurement {
  const [p50, p99] = [quantile(times, 0.5), quantile(times, 0.99)];
  return {
    label,
    value: p99,
    unit: 'ms',
    ...atMost(goal),
    detail: `99 % of ${times.length} rounds; half within ${p50.toFixed(0)} ms; looks every ${LOOK_MS} ms`,
    figures: { p50, p99, rounds: times.length },
  };
}

async function timeToResume(store: SeenStore, task: OwnerTask, signal: 'SIGKILL' | 'SIGSTOP'): Promise<number> {
  const owner = await Child.start('owner.ts', [JSON.stringify(task)]);
  const lostAt = performance.now();
  owner.kill(signal);
  for (let resumed = 0; resumed < task.ids.length;) {
    const claims = await store.claimWaiting({ feed: FEED, limit: BATCH });
    resumed += claims.length;
    await store.commit(claims);
    if (resumed < task.ids.length) await delay(LOOK_MS);
  }
  const time = performance.now() - lostAt;
  owner.kill('SIGKILL');
  return time;
}

export default resumeCase;
