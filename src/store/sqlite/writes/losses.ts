import type { LossWrites } from '../../port/writes.ts';
import type { WriteContext } from './context.ts';

/** Losses that are dropped in one go. */
const CHUNK = 1_000;

/** Drops losses of commits. One without a time is a backup's, which nobody has noticed yet. */
export function lossWrites({ db, transact }: WriteContext): LossWrites {
  const drop = db.prepare<[before: number]>(
    `DELETE FROM seen_loss WHERE since IN (SELECT since FROM seen_loss WHERE noticed_at < ? LIMIT ${CHUNK})`,
  );
  return { dropLosses: (before) => transact(() => void drop.run(before)) };
}
