import type { MoveWrites } from '../../port/transfer.ts';
import type { Database } from '../database.ts';

/** The writes of the marks that a transfer leaves. */
export function moveWrites(database: Database): MoveWrites {
  return {
    noteUse: () =>
      database.run('openSeenStore', async (session) => {
        await session.run(`UPDATE ${database.tables.move} SET used = 1 WHERE direction = 'arrival'`);
      }),
  };
}
