import { closeSync, openSync, readSync } from 'node:fs';

/** The first characters of every SQLite database. */
export const SQLITE_START = 'SQLite format 3\0';

/**
 * Reads the first characters of a file, which tell what kind of file it is. Not for a database that this process has
 * open: closing the file drops its locks.
 *
 * @throws The system's error when the file cannot be read.
 */
export function startOf(path: string): string {
  const file = openSync(path, 'r');
  try {
    const bytes = Buffer.alloc(SQLITE_START.length);
    return bytes.toString('latin1', 0, readSync(file, bytes));
  } finally {
    closeSync(file);
  }
}
