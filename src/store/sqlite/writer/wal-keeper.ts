import { statSync } from 'node:fs';
import type { Database } from 'better-sqlite3';

/** SQLite's own checkpoints keep the log at 4 MiB. One that grew beyond this was held up by a long read. */
const LARGE_BYTES = 16 * 1024 * 1024;

/** Commits between two looks at the log's size. */
const EVERY = 32;

/** Keeps the write-ahead log from growing without end while somebody always reads. */
export class WalKeeper {
  readonly #db: Database;
  readonly #file: string;
  #commits = 0;

  constructor(db: Database, path: string) {
    this.#db = db;
    this.#file = `${path}-wal`;
  }

  /** Truncates a large log when no reader is in the way; when one is, the next look tries again. */
  keepSmall(): void {
    this.#commits += 1;
    if (this.#commits % EVERY !== 0) return;
    const size = statSync(this.#file, { throwIfNoEntry: false })?.size ?? 0;
    if (size > LARGE_BYTES) this.#db.pragma('wal_checkpoint(TRUNCATE)');
  }
}
