import type { Database } from 'better-sqlite3';

import { SeenStoreClosedError } from '../errors.ts';
import type { ResolvedSeenStoreOptions } from '../options.ts';
import { reconnect, type Opened } from './connection.ts';
import { noteDamage } from './damage.ts';
import { explain } from './explain.ts';
import { identify, restoreOrAccept } from './file-identity.ts';

/**
 * This thread's connection, which only reads: through another thread a read would take twenty times as long.
 *
 * The connection is replaced when the file is; statements are prepared anew then.
 */
export class Reader {
  readonly options: ResolvedSeenStoreOptions;
  readonly #closing = new AbortController();
  #db: Database;
  #file: string | undefined;

  constructor({ db, file }: Opened, options: ResolvedSeenStoreOptions) {
    this.#db = db;
    this.#file = file;
    this.options = options;
  }

  /** Aborts when the store closes. */
  get closing(): AbortSignal {
    return this.#closing.signal;
  }

  get db(): Database {
    return this.#db;
  }

  now(): number {
    return this.options.clock.now();
  }

  /** Statements for the connection as it is at the time of each call. */
  statements<T>(prepare: (db: Database) => T): () => T {
    let of: Database | undefined;
    let prepared: T;
    return () => {
      if (of !== this.#db) prepared = prepare(this.#db);
      of = this.#db;
      return prepared;
    };
  }

  read<T>(operation: string, query: () => T): T {
    this.requireOpen(operation);
    try {
      return query();
    } catch (error) {
      noteDamage(error, { ...this.options, file: this.#file });
      throw explain(operation, error, this.options.path);
    }
  }

  requireOpen(operation: string): void {
    if (this.closing.aborted) throw new SeenStoreClosedError(operation);
  }

  /**
   * Makes sure that the path leads to the file that is read here, before somebody writes to it.
   *
   * @returns The file.
   */
  follow(): string | undefined {
    const { path, logger } = this.options;
    if (identify(path) !== this.#file) {
      restoreOrAccept(this.#db, path, logger);
      this.reopen();
    }
    return this.#file;
  }

  /** Reads what the path leads to now. Where that cannot be opened, reads go on with what they have. */
  reopen(): void {
    const { path, logger } = this.options;
    try {
      const { db, file } = reconnect(this.options);
      this.#db.close();
      this.#db = db;
      this.#file = file;
    } catch (error) {
      logger.error('seen_store_reopen_failed', { path, error });
    }
  }

  /** Refuses everything from now on, and ends what still waits. */
  refuse(): void {
    this.#closing.abort(new SeenStoreClosedError('An operation that was still waiting'));
  }
}
