import type { CycleWrites } from '../../backend.ts';
import { noCounts } from '../../contract/cycles.ts';
import type { CycleRow } from '../../rows.ts';
import type { WriteContext } from './context.ts';

const counts = Object.keys(noCounts);

/** The history of cycles. */
export function cycleWrites({ db, transact }: WriteContext): CycleWrites {
  const insert = db.prepare<[CycleRow]>(
    `INSERT INTO seen_cycle (feed, started_at, finished_at, ${counts.join(', ')})
     VALUES (@feed, @startedAt, @finishedAt, ${counts.map((name) => `@${name}`).join(', ')})`,
  );
  const drop = db.prepare<[finishedAt: number]>('DELETE FROM seen_cycle WHERE finished_at < ?');
  return {
    recordCycle: (cycle, dropBefore) =>
      transact(() => {
        insert.run(cycle);
        drop.run(dropBefore);
      }),
  };
}
