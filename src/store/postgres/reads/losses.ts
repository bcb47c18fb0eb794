import type { LossReads } from '../../port/reads.ts';
import type { Database } from '../database.ts';

/** The reads of losses of commits. */
export function lossReads(database: Database): LossReads {
  const { loss } = database.tables;
  return {
    hasLossesToDrop: (before) =>
      database.run('purgeExpired', async (session) => {
        const row = await session.row(`SELECT FROM ${loss} WHERE noticed_at < $1 LIMIT 1`, [Math.floor(before)]);
        return row !== undefined;
      }),
  };
}
