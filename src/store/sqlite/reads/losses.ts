import type { LossReads } from '../../port/reads.ts';
import type { ReadConnection } from './connection.ts';

/** The reads of losses of commits. */
export function lossReads(connection: ReadConnection): LossReads {
  const hasOld = connection.statements((db) =>
    db.prepare<[before: number], number>('SELECT EXISTS (SELECT 1 FROM seen_loss WHERE noticed_at < ?)').pluck(),
  );
  return {
    hasLossesToDrop: async (before) => connection.read('purgeExpired', () => hasOld().get(before) === 1),
  };
}
