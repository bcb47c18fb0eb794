import type { LossWrites } from '../../port/writes.ts';
import type { Database } from '../database.ts';

/** Losses that are dropped in one go. */
const CHUNK = 1_000;

/** Drops losses of commits. Nobody waits for another who drops them too. */
export function lossWrites(database: Database): LossWrites {
  const { loss } = database.tables;
  return {
    dropLosses: (before) =>
      database.run('purgeExpired', async (session) => {
        await session.run(
          `DELETE FROM ${loss} WHERE since IN (
             SELECT since FROM ${loss} WHERE noticed_at < $1 LIMIT ${CHUNK} FOR UPDATE SKIP LOCKED)`,
          [Math.floor(before)],
        );
      }),
  };
}
