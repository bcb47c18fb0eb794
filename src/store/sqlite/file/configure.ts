import type { Database } from 'better-sqlite3';

/** 2 MiB: `npm run bench -- --only opening` shows what a connection costs. */
const CACHE_KIB = 2_048;

/**
 * Configures a connection.
 *
 * `synchronous = FULL`: a mark that a power cut undoes is a post made twice.
 *
 * `temp_store = MEMORY`: a statement that changes many rows keeps a copy of the pages, to undo itself alone. Beyond
 * 64 KiB that would be a temporary file; `npm run bench -- --only claim-commit` shows what it would cost.
 *
 * `wal_autocheckpoint = 0`: the writer thread makes the checkpoints. It notes them, and nobody waits for them.
 */
export function configure(db: Database): void {
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = FULL');
  db.pragma('temp_store = MEMORY');
  db.pragma('wal_autocheckpoint = 0');
  db.pragma(`cache_size = -${CACHE_KIB}`);
}
