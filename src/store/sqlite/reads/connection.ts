import { threadId } from 'node:worker_threads';
import type { Database } from 'better-sqlite3';

import { SeenStoreClosedError } from '../../errors.ts';
import type { ResolvedSeenStoreOptions } from '../../options.ts';
import type { Operation } from '../../operations.ts';
import { reconnect, truncateLog, type Opened } from '../file/connection.ts';
import { identify, restoreOrAccept } from '../file/identity.ts';
import { noteDamage } from '../file/quarantine.ts';
import { toStoreError } from '../store-error.ts';

/**
 * The connection of the thread that opened the store. It only reads: a read here is answered at once, and one in another
 * thread would wait for two messages.
 *
 * The connection is replaced when the file is, and statements are prepared anew then.
 */
export class ReadConnection {
  readonly #options: ResolvedSeenStoreOptions;
  #db: Database;
  #file: string | undefined;
  #isClosed = false;

  constructor({ db, file }: Opened, options: ResolvedSeenStoreOptions) {
    this.#db = db;
    this.#file = file;
    this.#options = options;
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
      if (preparedOn !== this.#db) prepared = prepare(this.#db);
      preparedOn = this.#db;
      return prepared;
    };
  }

  /** @throws {SeenStoreError} naming the operation, when SQLite cannot answer. */
  read<T>(operation: Operation, query: () => T): T {
    if (this.#isClosed) throw new SeenStoreClosedError(operation);
    try {
      return query();
    } catch (error) {
      noteDamage(error, { ...this.#options, file: this.#file });
      throw toStoreError(operation, error, this.#options.path);
    }
  }

  /**
   * Makes sure that the path leads to the file that is read here, before somebody writes to it.
   *
   * @returns The file.
   */
  ensureSameFile(): string | undefined {
    const { path, logger } = this.#options;
    if (identify(path) !== this.#file) {
      restoreOrAccept(this.#db, path, logger);
      this.reopen();
    }
    return this.#file;
  }

  /** Opens the file that the path leads to now. While that fails, reads go on with the file that is open. */
  reopen(): void {
    const { path, logger } = this.#options;
    try {
      const { db, file } = reconnect(this.#options);
      this.#db.close();
      this.#db = db;
      this.#file = file;
    } catch (error) {
      logger.error('seen_store_reopen_failed', { path, error });
    }
  }

  stopAccepting(): void {
    this.#isClosed = true;
  }

  close(): void {
    const { path, logger } = this.#options;
    try {
      truncateLog(this.#db, { path, logger });
    } finally {
      this.#db.close();
    }
    logger.info('seen_store_connection_closed', { thread_id: threadId, path });
  }
}
