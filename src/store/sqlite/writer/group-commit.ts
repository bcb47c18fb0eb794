import type { Database } from 'better-sqlite3';

import { retryWhileBusy, type BusyRetry } from './busy.ts';

export interface GroupCommitOptions extends BusyRetry {
  /** Runs after each commit, once its writers have been answered. The next one waits for its end. */
  readonly afterCommit: () => Promise<void>;
}

/** Changes in one transaction. More would hold the lock too long for other processes. */
const MOST = 64;

interface Waiting {
  readonly run: () => void;
  readonly settle: () => void;
  readonly fail: (error: unknown) => void;
}

/**
 * Commits together what is asked for together: a commit waits for the disk, and one wait serves them all. Each change
 * has a savepoint of its own, so one that fails takes no other with it.
 */
export class GroupCommit {
  readonly #db: Database;
  readonly #options: GroupCommitOptions;
  readonly #waiting: Waiting[] = [];
  #running: Promise<void> | undefined;

  constructor(db: Database, options: GroupCommitOptions) {
    this.#db = db;
    this.#options = options;
  }

  get idle(): boolean {
    return this.#running === undefined;
  }

  transact<T>(change: () => T): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    this.#waiting.push(this.#prepare(change, resolve, reject));
    this.#running ??= this.#run();
    return promise;
  }

  #prepare<T>(change: () => T, resolve: (value: T) => void, reject: (error: unknown) => void): Waiting {
    const savepoint = this.#db.transaction(change);
    let outcome: { readonly value: T } | { readonly error: unknown };
    const run = (): void => {
      try {
        outcome = { value: savepoint() };
      } catch (error) {
        // SQLite has rolled back the whole group, after a full disk for example: all of it has failed.
        if (!this.#db.inTransaction) throw error;
        outcome = { error };
      }
    };
    const settle = (): void => {
      if ('value' in outcome) resolve(outcome.value);
      else reject(outcome.error);
    };
    return { run, settle, fail: reject };
  }

  async #run(): Promise<void> {
    // Whatever this turn of the event loop still asks for joins the first group.
    await Promise.resolve();
    while (this.#waiting.length > 0) await this.#commit(this.#waiting.splice(0, MOST));
    this.#running = undefined;
  }

  async #commit(group: readonly Waiting[]): Promise<void> {
    const transaction = this.#db.transaction(() => group.forEach(({ run }) => run()));
    try {
      await retryWhileBusy(() => transaction.immediate(), this.#options);
    } catch (error) {
      group.forEach(({ fail }) => fail(error));
      return;
    }
    group.forEach(({ settle }) => settle());
    await this.#options.afterCommit();
  }
}
