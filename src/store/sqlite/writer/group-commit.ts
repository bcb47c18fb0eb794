import type { Database, Transaction } from 'better-sqlite3';

import { SeenStoreBusyError } from '../../errors.ts';
import { retryWhileBusy, type BusyRetry } from './busy.ts';

export interface GroupCommitOptions extends BusyRetry {
  /** Runs after each commit, once its writers have been answered. The next one waits for its end. */
  readonly afterCommit: () => Promise<void>;
}

/** Changes in one transaction. More would hold the lock too long for other processes. */
const MOST = 64;

interface Waiting {
  /** Makes the change, and returns how to answer once it is committed. */
  readonly change: () => () => void;
  readonly fail: (error: unknown) => void;
}

/**
 * Commits together what is asked for together: a commit waits for the disk, and one wait serves them all.
 *
 * One that fails takes no other with it: then each is made again, alone. Savepoints would do the same for every group,
 * and keep a copy of each page that changes.
 */
export class GroupCommit {
  readonly #options: GroupCommitOptions;
  readonly #waiting: Waiting[] = [];
  readonly #makeAll: Transaction<(group: readonly Waiting[]) => (() => void)[]>;
  #running: Promise<void> | undefined;

  constructor(db: Database, options: GroupCommitOptions) {
    this.#options = options;
    this.#makeAll = db.transaction((group: readonly Waiting[]) => group.map(({ change }) => change()));
  }

  get idle(): boolean {
    return this.#running === undefined;
  }

  /** @param change Runs inside a transaction, and a second time where the first was rolled back. */
  transact<T>(change: () => T): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const answered = (): (() => void) => {
      const value = change();
      return () => resolve(value);
    };
    this.#waiting.push({ change: answered, fail: reject });
    this.#running ??= this.#run();
    return promise;
  }

  async #run(): Promise<void> {
    // Whatever this turn of the event loop still asks for joins the first group.
    await Promise.resolve();
    while (this.#waiting.length > 0) await this.#commit(this.#waiting.splice(0, MOST));
    this.#running = undefined;
  }

  async #commit(group: readonly Waiting[]): Promise<void> {
    const { signal, afterCommit } = this.#options;
    try {
      const answers = await retryWhileBusy(() => this.#makeAll.immediate(group), this.#options);
      answers.forEach((answer) => answer());
    } catch (error) {
      const noneBegan = signal.aborted || error instanceof SeenStoreBusyError;
      if (group.length === 1 || noneBegan) group.forEach(({ fail }) => fail(error));
      else for (const one of group) await this.#commit([one]);
      return;
    }
    await afterCommit();
  }
}
