import { statSync } from 'node:fs';
import type { Database } from 'better-sqlite3';

import { sleepUnlessAborted, type Clock } from '../../clock.ts';

/** SQLite's own checkpoints keep the log at 4 MiB. Readers kept one that grew beyond this from beginning anew. */
const LARGE_BYTES = 16 * 1024 * 1024;

/** Growth allowed after a failed attempt before the next one. */
const GROWTH_BYTES = 4 * 1024 * 1024;

/** Longest pause of the writes for one attempt, in milliseconds. A reader that stays longer lets the log grow. */
const MAX_PAUSE_MS = 1_000;

/** Pause between two tries of an attempt, in milliseconds. */
const RETRY_PAUSE_MS = 5;

/** Time that one try waits for reads that began before it, in milliseconds. The store's own reads take two. */
const READERS_TIMEOUT_MS = 5;

export interface WalCheckpointerOptions {
  readonly path: string;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/**
 * Keeps the write-ahead log from growing without end while somebody always reads.
 *
 * A log can begin anew once all of it is in the file and nobody reads from it. While this thread goes on writing, there
 * is always something new in the log for the next reader to hold on to. During a pause new reads do without the log, and
 * it only takes until the reads that have begun are over.
 */
export class WalCheckpointer {
  readonly #db: Database;
  readonly #options: WalCheckpointerOptions;
  #limit = LARGE_BYTES;

  constructor(db: Database, options: WalCheckpointerOptions) {
    this.#db = db;
    this.#options = options;
  }

  /** Truncates the log when it is large. To look at its size costs next to nothing beside the commit before. */
  async truncateIfLarge(): Promise<void> {
    const size = statSync(`${this.#options.path}-wal`, { throwIfNoEntry: false })?.size ?? 0;
    if (size <= this.#limit) return;
    this.#limit = (await this.#pauseUntilTruncated()) ? LARGE_BYTES : size + GROWTH_BYTES;
  }

  async #pauseUntilTruncated(): Promise<boolean> {
    const { clock, signal } = this.#options;
    const until = clock.now() + MAX_PAUSE_MS;
    while (!signal.aborted) {
      if (this.#truncate()) return true;
      if (clock.now() >= until) return false;
      await sleepUnlessAborted(clock, RETRY_PAUSE_MS, signal);
    }
    return false;
  }

  /** The bulk goes first, passively: unlike the truncation, that keeps no other writer waiting. */
  #truncate(): boolean {
    this.#db.pragma('wal_checkpoint(PASSIVE)');
    this.#db.pragma(`busy_timeout = ${READERS_TIMEOUT_MS}`);
    try {
      return this.#db.prepare<[], number>('PRAGMA wal_checkpoint(TRUNCATE)').pluck().get() === 0;
    } finally {
      this.#db.pragma('busy_timeout = 0');
    }
  }
}
