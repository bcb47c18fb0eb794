import { threadId } from 'node:worker_threads';
import type { Database } from 'better-sqlite3';

import { systemClock } from '../../clock.ts';
import { SeenStoreClosedError } from '../../errors.ts';
import type { SqliteOptions } from '../../options.ts';
import type { Operation } from '../../operations.ts';
import { openInPlace, PEER_PAUSE_MS, reconnect, type Opened } from '../file/connection.ts';
import { mayBeRestored } from '../file/missing-file.ts';
import { closeNoted } from '../file/file-note.ts';
import { isInPlace, type FileSet } from '../file/identity.ts';
import { mayOthersBePresent } from '../file/opening-lock.ts';
import { noteDamage } from '../file/quarantine.ts';
import { monotonicMs, recover } from '../file/recover.ts';
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
  readonly #options: SqliteOptions;
  #opened: Opened;
  #verifiedAt = monotonicMs();
  #reopening: Promise<void> | undefined;
  #isClosed = false;

  constructor(opened: Opened, options: SqliteOptions) {
    this.#opened = opened;
    this.#options = options;
  }

  /** The files that are read. */
  get set(): FileSet {
    return this.#opened.set;
  }

  /** Tells whether the path still leads to the files that are read. */
  verify(): boolean {
    const isGood = isInPlace(this.set, this.#options.path);
    if (isGood) this.#verifiedAt = monotonicMs();
    return isGood;
  }

  /** The time at which the files were last seen in place: see `monotonicMs`. */
  get verifiedAt(): number {
    return this.#verifiedAt;
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
   * Makes sure that the path leads to the files that are read here, before a writer opens them. While another process is
   * to restore a newer file than this one, it waits for that, for as long as a write waits for the lock.
   *
   * @returns Those files.
   */
  async ensureInPlace(): Promise<FileSet> {
    const { path, busyTimeoutMs } = this.#options;
    const until = monotonicMs() + busyTimeoutMs;
    while (!this.verify()) {
      const isOver = monotonicMs() > until;
      const torn = { ...this.#opened, verifiedAt: this.#verifiedAt, isLast: isOver && !mayOthersBePresent(path) };
      try {
        this.#replace(
          recover(torn, this.#options, (isReplacement) => openInPlace(this.#options, isReplacement)).opened,
        );
      } catch (error) {
        if (isOver || !mayBeRestored(error)) throw error;
        await systemClock.sleep(PEER_PAUSE_MS);
        if (this.#isClosed) throw error;
      }
    }
    return this.set;
  }

  /**
   * Opens the file that the path leads to now. Until that succeeds, reads go on with the file that is open: while another
   * process opens it too, this thread must not wait for the lock.
   */
  reopen(): Promise<void> {
    this.#reopening ??= this.#reopen().finally(() => (this.#reopening = undefined));
    return this.#reopening;
  }

  async #reopen(): Promise<void> {
    while (!this.#isClosed && !this.#tryToReopen()) await systemClock.sleep(REOPEN_PAUSE_MS, undefined, { ref: false });
  }

  /** @returns False when it is worth another try. */
  #tryToReopen(): boolean {
    const { path, logger } = this.#options;
    try {
      this.#replace(reconnect(this.#options, 0));
    } catch (error) {
      if (mayBeRestored(error)) return false;
      logger.error('seen_store_reopen_failed', { path, error });
    }
    return true;
  }

  #replace(next: Opened): void {
    this.#opened.db.close();
    this.#opened = next;
    this.#verifiedAt = monotonicMs();
  }

  stopAccepting(): void {
    this.#isClosed = true;
  }

  close(): void {
    const { path, logger } = this.#options;
    closeNoted(this.#opened.db, this.set, this.#options);
    logger.info('seen_store_connection_closed', { thread_id: threadId, path });
  }
}
