import type { Database } from 'better-sqlite3';

import type { Change, ChangeKind } from '../../port/change.ts';
import type { LossSign } from '../losses.ts';

/** The means that the writes share in the writer thread. */
export interface WriteContext {
  readonly db: Database;
  /**
   * Milliseconds since the Unix epoch. A write takes its time inside its transaction: one that had to wait must not take
   * the lease of somebody who came first for one that was made in the future.
   */
  readonly now: () => number;
  /** Runs `change` in a transaction, together with other writes that wait. */
  readonly transact: <T>(change: () => T) => Promise<T>;
  /** Lets other writers in between two transactions of a long write. */
  readonly pause: () => Promise<void>;
  /** Called when it was noticed, and noted, that commits may be lost. */
  readonly onLoss: (sign: LossSign) => void;
}

/** Makes each change: `ids` is the JSON array of all items at once, `now` the Unix time in milliseconds. */
export type ChangeMakers<Kind extends ChangeKind> = {
  readonly [K in Kind]: (change: Change<K>, ids: string, now: number) => void;
};
