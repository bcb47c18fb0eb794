import { DAY_MS } from '../../clock.ts';
import { noCounts } from '../../contract/cycles.ts';
import type { CycleWrites } from '../../port/writes.ts';
import type { CycleRow } from '../../rows.ts';
import type { Database } from '../database.ts';
import { STORE, WatchKeeper } from './watches.ts';

const counts = Object.keys(noCounts);

/** The history of cycles, and of the looks at each feed. */
export function cycleWrites(database: Database): CycleWrites {
  const { insert, dropOld } = cycleStatements(database);
  return {
    recordCycle: (cycle, { keepDays, isLook, reachMs: reach }) =>
      database.transact('cycles.record', 'cycles', async (session) => {
        await session.run(insert, valuesOf(cycle));
        await session.run(dropOld, [keepDays]);
        const watch = await WatchKeeper.begin(session, database, reach);
        const { feed } = cycle;
        const at = Math.min(cycle.finishedAt, watch.now);
        await watch.noteCycle(feed, at);
        if (isLook) await watch.note(feed, at);
        if (watch.isStoreWatched) await watch.note(STORE, at);
      }),

    noteOpen: (times, reach) =>
      database.transact('purgeExpired', 'cycles', async (session) => {
        const watch = await WatchKeeper.begin(session, database, reach);
        for (const at of times) await watch.note(STORE, Math.min(at, watch.now));
      }),
  };
}

function valuesOf({ feed, startedAt, finishedAt, ...cycle }: CycleRow): unknown[] {
  const values = new Map<string, number>(Object.entries(cycle));
  return [feed, startedAt, finishedAt, ...counts.map((name) => values.get(name))];
}

function cycleStatements({ tables: { cycle } }: Database) {
  const columns = ['feed', 'started_at', 'finished_at', ...counts];
  return {
    insert: `INSERT INTO ${cycle} (${columns.join(', ')})
       VALUES (${columns.map((_, index) => `$${index + 1}`).join(', ')})`,
    /**
     * Goes back a day at a time, each from the last cycle that finished before it, and drops what lies beyond. Counted
     * by the clock alone, one cycle from a day on which the clock was years ahead would drop all others.
     */
    dropOld: `WITH RECURSIVE day (number, start) AS (
         SELECT 1, max(finished_at) - ${DAY_MS} FROM ${cycle}
         UNION ALL
         SELECT number + 1, (SELECT max(finished_at) FROM ${cycle} WHERE finished_at <= start) - ${DAY_MS}
         FROM day WHERE number < $1::integer AND start IS NOT NULL)
       DELETE FROM ${cycle} WHERE finished_at < (SELECT start FROM day WHERE number = $1::integer)`,
  };
}
