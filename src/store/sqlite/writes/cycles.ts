import type { CycleWrites } from '../../backend.ts';
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
  const drop = db.prepare<[finishedAt: number]>('DELETE FROM seen_cycle WHERE finished_at < ?');
  const watch = new WatchKeeper(db);
  return {
    recordCycle: (cycle, { dropBefore, isLook, reachMs: reach }) =>
      transact(() => {
        const now = Math.floor(clock());
        const { feed } = cycle;
        const at = Math.min(cycle.finishedAt, now);
        insert.run(cycle);
        drop.run(dropBefore);
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
