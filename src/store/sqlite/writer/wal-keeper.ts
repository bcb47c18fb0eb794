import { statSync } from 'node:fs';
import type { Database } from 'better-sqlite3';

import { sleepUnlessAborted, type Clock } from '../../clock.ts';

/** SQLite's own checkpoints keep the log at 4 MiB. One that grew beyond this was held up by readers. */
const LARGE_BYTES = 16 * 1024 * 1024;

/** What it may grow by after a rest in vain, before the next. */
const MORE_BYTES = 4 * 1024 * 1024;

/** How long writes rest while the log cannot be truncated, in milliseconds. Whoever reads for longer lets it grow. */
const MOST_REST_MS = 1_000;

/** Pause between two tries, in milliseconds. */
const PAUSE_MS = 5;

/** How long one try waits for reads that began before it, in milliseconds; the store's own take two. */
const WAIT_MS = 5;

export interface WalKeeperOptions {
  readonly path: string;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/**
 * Keeps the write-ahead log from growing without end while somebody always reads.
 *
 * A log can begin anew once all of it is in the file and nobody reads from it. While this thread goes on writing, there
 * is always something new in the log for the next reader to hold on to, so it rests: then new reads do without the log,
 * and it only takes until the reads that have begun are over.
 */
export class WalKeeper {
  readonly #db: Database;
  readonly #options: WalKeeperOptions;
  #limit = LARGE_BYTES;

  constructor(db: Database, options: WalKeeperOptions) {
    this.#db = db;
    this.#options = options;
  }

  /** Truncates a large log. To look at its size costs next to nothing beside the commit before. */
  async keepSmall(): Promise<void> {
    const size = statSync(`${this.#options.path}-wal`, { throwIfNoEntry: false })?.size ?? 0;
    if (size <= this.#limit) return;
    this.#limit = (await this.#restUntilTruncated()) ? LARGE_BYTES : size + MORE_BYTES;
  }

  async #restUntilTruncated(): Promise<boolean> {
    const { clock, signal } = this.#options;
    const until = clock.now() + MOST_REST_MS;
    while (!signal.aborted) {
      if (this.#truncate()) return true;
      if (clock.now() >= until) return false;
      await sleepUnlessAborted(clock, PAUSE_MS, signal);
    }
    return false;
  }

  /** The bulk first: unlike the truncation, a passive checkpoint keeps no other writer waiting. */
  #truncate(): boolean {
    this.#db.pragma('wal_checkpoint(PASSIVE)');
    this.#db.pragma(`busy_timeout = ${WAIT_MS}`);
    try {
      return this.#db.prepare<[], number>('PRAGMA wal_checkpoint(TRUNCATE)').pluck().get() === 0;
    } finally {
      this.#db.pragma('busy_timeout = 0');
    }
  }
}
