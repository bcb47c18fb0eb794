import type { Database } from 'better-sqlite3';

import { DAY_MS } from '../../clock.ts';
import type { CycleWrites } from '../../port/writes.ts';
import { noCounts } from '../../contract/cycles.ts';
import type { CycleRow } from '../../rows.ts';
import type { WriteContext } from './context.ts';
import { STORE, WatchKeeper } from './watches.ts';

const counts = Object.keys(noCounts);

/** The history of cycles, and of the looks at each feed. */
export function cycleWrites({ db, now: clock, transact }: WriteContext): CycleWrites {
  const insert = db.prepare<[CycleRow]>(
    `INSERT INTO seen_cycle (feed, started_at, finished_at, ${counts.join(', ')})
     VALUES (@feed, @startedAt, @finishedAt, ${counts.map((name) => `@${name}`).join(', ')})`,
  );
  const drop = prepareDrop(db);
  const watch = new WatchKeeper(db);
  return {
    recordCycle: (cycle, { keepDays, isLook, reachMs: reach }) =>
      transact(() => {
        const now = Math.floor(clock());
        const { feed } = cycle;
        const at = Math.min(cycle.finishedAt, now);
        insert.run(cycle);
        drop.run({ keepDays });
        watch.pullBack(now, reach);
        watch.noteCycle(feed, at);
        if (isLook) watch.note({ feed, at, reach });
        if (watch.isWatched(STORE)) watch.note({ feed: STORE, at, reach });
      }),

    noteOpen: (times, reach) =>
      transact(() => {
        watch.pullBack(Math.floor(clock()), reach);
        for (const at of times) watch.note({ feed: STORE, at, reach });
      }),
  };
}

/**
 * Goes back a day at a time, each from the last cycle that finished before it, and drops what lies beyond. Counted by the
 * clock alone, one cycle from a day on which the clock was years ahead would drop all others.
 */
function prepareDrop(db: Database) {
  return db.prepare<[{ keepDays: number }]>(
    `WITH RECURSIVE day (number, start) AS (
       SELECT 1, max(finished_at) - ${DAY_MS} FROM seen_cycle
       UNION ALL
       SELECT number + 1, (SELECT max(finished_at) FROM seen_cycle WHERE finished_at <= start) - ${DAY_MS}
       FROM day WHERE number < @keepDays AND start IS NOT NULL)
     DELETE FROM seen_cycle WHERE finished_at < (SELECT start FROM day WHERE number = @keepDays)`,
  );
}
