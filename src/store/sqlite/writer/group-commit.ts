import type { Database } from 'better-sqlite3';

import { retryWhileBusy, type BusyRetry } from './busy.ts';

export interface GroupCommitOptions extends BusyRetry {
  /**
   * Called after each commit, before its writers are answered. Rejects when the commit does not count, because it went
   * into files that nobody else will open.
   */
  readonly confirm: () => Promise<void>;
  /** Runs after each commit, once its writers have been answered. The next one waits for its end. */
  readonly afterCommit: () => Promise<void>;
}

/** The database was replaced by another file, in which the change is to be made anew. */
export class FileReplacedError extends Error {
  constructor() {
    super('the database was replaced by another file, again and again');
  }
}

/** Changes in one transaction. More would hold the lock too long for other processes. */
const MAX_GROUP_SIZE = 64;

interface Waiting {
  /** Makes the change, and returns how to answer once it is committed. */
  readonly change: () => () => void;
  readonly fail: (error: unknown) => void;
}

/**
 * Commits together what is asked for together: a commit waits for the disk, and one wait serves them all.
 *
 * A change that fails takes no other with it: the rest is made again without it. Savepoints would do the same, and keep a
 * copy of every page that changes, for every group.
 */
export class GroupCommit {
  readonly #db: Database;
  readonly #options: GroupCommitOptions;
  #waiting: Waiting[] = [];
  #running: Promise<void> | undefined;
  #isRetired = false;

  constructor(db: Database, options: GroupCommitOptions) {
    this.#db = db;
    this.#options = options;
  }

  get idle(): boolean {
    return this.#running === undefined;
  }

  /**
   * @param change Runs inside a transaction, and a second time where the first was rolled back.
   * @throws {FileReplacedError} when the change is to be made in another file.
   */
  transact<T>(change: () => T): Promise<T> {
    if (this.#isRetired) return Promise.reject(new FileReplacedError());
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const answered = (): (() => void) => {
      const value = change();
      return () => resolve(value);
    };
    this.#waiting.push({ change: answered, fail: reject });
    this.#running ??= this.#run();
    return promise;
  }

  /** Refuses what waits, and all that comes later, with a `FileReplacedError`. */
  retire(): void {
    this.#isRetired = true;
    const refused = this.#waiting;
    this.#waiting = [];
    for (const { fail } of refused) fail(new FileReplacedError());
  }

  async #run(): Promise<void> {
    // What this turn of the event loop still asks for joins the first group.
    await Promise.resolve();
    while (this.#waiting.length > 0) await this.#commit(this.#waiting.splice(0, MAX_GROUP_SIZE));
    this.#running = undefined;
  }

  async #commit(group: readonly Waiting[]): Promise<void> {
    let culprit: Waiting | undefined;
    const makeAll = this.#db.transaction(() =>
      group.map((one) => {
        try {
          return one.change();
        } catch (error) {
          // SQLite rolled the whole transaction back itself (disk full, for example): no single change is to blame.
          if (this.#db.inTransaction) culprit = one;
          throw error;
        }
      }),
    );
    try {
      const answers = await retryWhileBusy(() => makeAll.immediate(), this.#options);
      await this.#options.confirm();
      answers.forEach((answer) => answer());
    } catch (error) {
      const failed = culprit === undefined ? group : [culprit];
      failed.forEach(({ fail }) => fail(error));
      const rest = group.filter((one) => !failed.includes(one));
      return rest.length > 0 ? this.#commit(rest) : undefined;
    }
    if (!this.#isRetired) await this.#options.afterCommit();
  }
}
