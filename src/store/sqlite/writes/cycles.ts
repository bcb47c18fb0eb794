import { noCounts } from '../../contract/cycles.ts';
import type { CycleRow } from '../cycles.ts';
import type { WriteContext } from './context.ts';

/** How far the history of cycles reaches back. */
const RETENTION_MS = 30 * 86_400_000;

const counts = Object.keys(noCounts);

export function cycleWrites({ db, transact }: WriteContext) {
  const insert = db.prepare<[CycleRow]>(
    `INSERT INTO seen_cycle (feed, started_at, finished_at, ${counts.join(', ')})
     VALUES (@feed, @startedAt, @finishedAt, ${counts.map((name) => `@${name}`).join(', ')})`,
  );
  const forget = db.prepare<[finishedAt: number]>('DELETE FROM seen_cycle WHERE finished_at < ?');
  return {
    recordCycle: (cycle: CycleRow): Promise<void> =>
      transact(() => {
        insert.run(cycle);
        forget.run(cycle.finishedAt - RETENTION_MS);
      }),
  };
}
