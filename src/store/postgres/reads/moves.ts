import { toMoves, type MoveRow } from '../../move-rows.ts';
import type { MoveReads } from '../../port/transfer.ts';
import type { Database } from '../database.ts';

/** The reads of the marks that a transfer leaves. */
export function moveReads(database: Database): MoveReads {
  return {
    moves: () =>
      database.run('openSeenStore', async (session) =>
        toMoves(await session.rows<MoveRow>(`SELECT * FROM ${database.tables.move}`)),
      ),
  };
}
