import type { MoveWrites } from '../../port/transfer.ts';
import type { WriteContext } from './context.ts';

/** The writes of the marks that a transfer leaves. */
export function moveWrites({ db, transact }: WriteContext): MoveWrites {
  const noteUse = db.prepare<[]>("UPDATE seen_move SET used = 1 WHERE direction = 'arrival'");
  return { noteUse: () => transact(() => void noteUse.run()) };
}
