import type { Database } from 'better-sqlite3';

import { SeenError, SeenStoreClosedError, SeenStoreError } from '../errors.ts';
import type { ResolvedSeenStoreOptions } from '../options.ts';
import { retryWhileBusy } from './busy.ts';

/** The one way to a thread's connection: reads that answer at once, writes that wait without blocking. */
export class Access {
  readonly db: Database;
  readonly options: ResolvedSeenStoreOptions;
  readonly #closing = new AbortController();

  constructor(db: Database, options: ResolvedSeenStoreOptions) {
    this.db = db;
    this.options = options;
  }

  /** Aborts when the store closes. */
  get closing(): AbortSignal {
    return this.#closing.signal;
  }

  /** Refuses everything from now on, and ends what still waits. */
  close(): void {
    this.#closing.abort(new SeenStoreClosedError('An operation that was still waiting'));
  }

  now(): number {
    return this.options.clock.now();
  }

  read<T>(operation: string, query: () => T): T {
    this.requireOpen(operation);
    try {
      return query();
    } catch (error) {
      throw this.#explain(operation, error);
    }
  }

  /** One immediate transaction: a deferred one that read first could not be let in later. */
  async write<T>(operation: string, write: () => T): Promise<T> {
    this.requireOpen(operation);
    const { clock, busyTimeoutMs: timeoutMs } = this.options;
    const transaction = this.db.transaction(write);
    try {
      return await retryWhileBusy(() => transaction.immediate(), { operation, timeoutMs, clock, signal: this.closing });
    } catch (error) {
      throw this.closing.aborted ? new SeenStoreClosedError(operation) : this.#explain(operation, error);
    }
  }

  requireOpen(operation: string): void {
    if (this.closing.aborted) throw new SeenStoreClosedError(operation);
  }

  #explain(operation: string, error: unknown): SeenError {
    if (error instanceof SeenError) return error;
    const reason = error instanceof Error ? error.message : String(error);
    return new SeenStoreError(operation, `${operation} failed on ${this.options.path}: ${reason}.`, { cause: error });
  }
}
