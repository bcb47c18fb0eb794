import type { Database } from 'better-sqlite3';

/** What a long piece of work has beside: when to end, and whom to tell how far it is. */
export interface Task {
  readonly signal: AbortSignal;
  readonly report: (done: number) => void;
}

/** What a write has at hand in the writer thread. */
export interface WriteContext {
  readonly db: Database;
  /** The store's time when the write was asked for, in milliseconds since the Unix epoch. */
  readonly now: () => number;
  /** Runs `change` in a transaction, together with other writes that wait. */
  readonly transact: <T>(change: () => T) => Promise<T>;
  /** Lets other writers in between two transactions of a long piece of work. */
  readonly pause: () => Promise<void>;
}
