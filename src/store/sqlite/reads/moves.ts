import type { MoveReads } from '../../port/transfer.ts';
import { prepareReadMoves } from '../move-rows.ts';
import type { ReadConnection } from './connection.ts';

/** The reads of the marks that a transfer leaves. */
export function moveReads(connection: ReadConnection): MoveReads {
  const readMoves = connection.statements(prepareReadMoves);
  return { moves: async () => connection.read('openSeenStore', () => readMoves()()) };
}
