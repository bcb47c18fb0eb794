import { statSync } from 'node:fs';
import type { Database } from 'better-sqlite3';

/** SQLite's own checkpoints keep the log at 4 MiB. One that grew beyond this was held up by readers. */
const LARGE_BYTES = 8 * 1024 * 1024;

/** How long a truncation waits for reads that began before it, in milliseconds; the store's own take two. */
const WAIT_MS = 5;

/** Commits after which a truncation that was in vain is tried again. */
const COMMITS_BETWEEN_TRIES = 4;

/** Keeps the write-ahead log from growing without end while somebody always reads. */
export class WalKeeper {
  readonly #db: Database;
  readonly #file: string;
  #commitsToLetPass = 0;

  constructor(db: Database, path: string) {
    this.#db = db;
    this.#file = `${path}-wal`;
  }

  /** Truncates a large log. To look at its size costs next to nothing beside the commit before. */
  keepSmall(): void {
    this.#commitsToLetPass -= 1;
    if (this.#commitsToLetPass > 0) return;
    const size = statSync(this.#file, { throwIfNoEntry: false })?.size ?? 0;
    if (size > LARGE_BYTES) this.#truncate();
  }

  /**
   * Once all of the log is in the file, new reads do without the log, so it only takes a moment until nobody is in the
   * way, however many read. A read that stays open for long is in the way for as long.
   */
  #truncate(): void {
    this.#commitsToLetPass = COMMITS_BETWEEN_TRIES;
    // The bulk first: unlike what follows, this keeps no other writer waiting.
    this.#db.pragma('wal_checkpoint(PASSIVE)');
    this.#db.pragma(`busy_timeout = ${WAIT_MS}`);
    try {
      this.#db.pragma('wal_checkpoint(TRUNCATE)');
    } finally {
      this.#db.pragma('busy_timeout = 0');
    }
  }
}
