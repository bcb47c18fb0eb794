import { threadId } from 'node:worker_threads';
import BetterSqlite3, { type Database } from 'better-sqlite3';

import { systemClock } from '../../clock.ts';
import { SeenStoreClosedError } from '../../errors.ts';
import type { ResolvedSeenStoreOptions } from '../../options.ts';
import type { Operation } from '../../operations.ts';
import { reconnect, type Opened } from '../file/connection.ts';
import { isInPlace, type FileSet } from '../file/identity.ts';
import { noteDamage } from '../file/quarantine.ts';
import { recover } from '../file/recover.ts';
import { toStoreError } from '../store-error.ts';

/** Pause between two tries to open a file that another thread or process is just opening, in milliseconds. */
const REOPEN_PAUSE_MS = 20;

/**
 * The connection of the thread that opened the store. It only reads: a read here is answered at once, and one in another
 * thread would wait for two messages.
 *
 * The connection is replaced when the file is, and statements are prepared anew then.
 */
export class ReadConnection {
  readonly #options: ResolvedSeenStoreOptions;
  #opened: Opened;
  #isReopening = false;
  #isClosed = false;

  constructor(opened: Opened, options: ResolvedSeenStoreOptions) {
    this.#opened = opened;
    this.#options = options;
  }

  /** The files that are read. */
  get set(): FileSet {
    return this.#opened.set;
  }

  /** Milliseconds since the Unix epoch, by the clock that the writes are stamped with. */
  now(): number {
    return this.#options.clock.now();
  }

  /** Statements for the connection as it is at the time of each call. */
  statements<T>(prepare: (db: Database) => T): () => T {
    let preparedOn: Database | undefined;
    let prepared: T;
    return () => {
      const { db } = this.#opened;
      if (preparedOn !== db) prepared = prepare(db);
      preparedOn = db;
      return prepared;
    };
  }

  /** @throws {SeenStoreError} naming the operation, when SQLite cannot answer. */
  read<T>(operation: Operation, query: () => T): T {
    if (this.#isClosed) throw new SeenStoreClosedError(operation);
    try {
      return query();
    } catch (error) {
      noteDamage(error, { ...this.#options, file: this.set.file });
      throw toStoreError(operation, error, this.#options.path);
    }
  }

  /**
   * Makes sure that the path leads to the files that are read here, before a writer opens them.
   *
   * @returns Those files.
   */
  ensureInPlace(): FileSet {
    const { path } = this.#options;
    if (!isInPlace(this.set, path)) {
      recover({ ...this.#opened, isLast: true }, this.#options);
      this.#replace(reconnect(this.#options));
    }
    return this.set;
  }

  /**
   * Opens the file that the path leads to now. Until that succeeds, reads go on with the file that is open: while another
   * process opens it too, this thread must not wait for the lock.
   */
  async reopen(): Promise<void> {
    if (this.#isReopening) return;
    this.#isReopening = true;
    try {
      while (!this.#isClosed && !this.#tryToReopen()) await systemClock.sleep(REOPEN_PAUSE_MS, undefined, { ref: false });
    } finally {
      this.#isReopening = false;
    }
  }

  /** @returns False when it is worth another try. */
  #tryToReopen(): boolean {
    const { path, logger } = this.#options;
    try {
      this.#replace(reconnect(this.#options, 0));
    } catch (error) {
      if (error instanceof BetterSqlite3.SqliteError && error.code === 'SQLITE_BUSY') return false;
      logger.error('seen_store_reopen_failed', { path, error });
    }
    return true;
  }

  #replace(next: Opened): void {
    this.#opened.db.close();
    this.#opened = next;
  }

  stopAccepting(): void {
    this.#isClosed = true;
  }

  close(): void {
    const { path, logger } = this.#options;
    this.#opened.db.close();
    logger.info('seen_store_connection_closed', { thread_id: threadId, path });
  }
}
