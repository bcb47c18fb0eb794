import BetterSqlite3 from 'better-sqlite3';

/** Opening and migrating wait, at most this long, for a process that does the same. Only the start may block. */
export const OPEN_BUSY_TIMEOUT_MS = 5_000;

/**
 * Opens the file while no other process or thread does: one that sets a damaged file aside moves three files, and who
 * opens them in between gets a log that belongs to another database.
 *
 * The lock is SQLite's own, on an empty file beside it, because the system takes it back from a process that dies. That
 * file stays: to remove it would let two in at once, one of them by the removed file.
 */
export function openAlone<T>(path: string, open: () => T): T {
  const lock = new BetterSqlite3(`${path}.lock`, { timeout: OPEN_BUSY_TIMEOUT_MS });
  try {
    lock.exec('BEGIN EXCLUSIVE');
    return open();
  } finally {
    lock.close();
  }
}
