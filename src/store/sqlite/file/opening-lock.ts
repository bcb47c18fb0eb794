import { chmodSync, chownSync, existsSync, mkdirSync, statSync, writeFileSync, type Stats } from 'node:fs';
import { dirname } from 'node:path';
import BetterSqlite3, { type Database } from 'better-sqlite3';

import { requireWritable } from './access.ts';

/** Opening and migrating wait, at most this long, for a process that does the same. Only the start may block. */
export const OPEN_BUSY_TIMEOUT_MS = 5_000;

/**
 * Opens the file, or puts another in its place, while no other process or thread does: one that opened it in between
 * would get a log that belongs to another database.
 *
 * The lock is SQLite's own, on an empty file beside the database, because the system releases it when a process dies.
 * That file stays: removing it would let two processes in at once, one of them by the removed file.
 *
 * Whoever may not write is refused before, so that no lock file of its own is left to shut out the others, and again
 * once it is alone: another user may have created the file in between.
 */
export function withOpeningLock<T>(path: string, open: () => T): T {
  makeFolder(dirname(path));
  requireWritable(path);
  const lock = acquire(path);
  try {
    requireWritable(path);
    return open();
  } finally {
    lock.close();
  }
}

function acquire(path: string): Database {
  const name = `${path}.lock`;
  try {
    makeLockFile(name, path);
    const lock = new BetterSqlite3(name, { timeout: OPEN_BUSY_TIMEOUT_MS });
    try {
      lock.exec('BEGIN EXCLUSIVE');
      return lock;
    } catch (error) {
      lock.close();
      throw error;
    }
  } catch (cause) {
    throw lockError(name, cause);
  }
}

/** What is no fault of the lock file stays as it is: it says more about the database as well. */
function lockError(name: string, cause: unknown): unknown {
  if (!(cause instanceof BetterSqlite3.SqliteError) || /^SQLITE_(?:BUSY|FULL|IOERR)/.test(cause.code)) return cause;
  return new Error(`its lock file ${name} cannot be used: ${cause.message}`, { cause });
}

/** Creates the lock file for all who may write to the database. */
function makeLockFile(name: string, path: string): void {
  if (existsSync(name)) return;
  writeFileSync(name, '', { flag: 'a' });
  const database = statSync(path, { throwIfNoEntry: false });
  if (database === undefined) return;
  chmodSync(name, database.mode & 0o666);
  if (process.getuid?.() === 0) giveToOwner(name, database);
}

/** Not every root may give files away: it may be that of a container. Its lock file then stays its own. */
function giveToOwner(name: string, { uid, gid }: Stats): void {
  try {
    chownSync(name, uid, gid);
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error) || error.code !== 'EPERM') throw error;
  }
}

/** One folder after the other: Node's own recursion never ends below /proc, where no folder can be made. */
function makeFolder(folder: string): void {
  if (isFolder(folder)) return;
  makeFolder(dirname(folder));
  try {
    mkdirSync(folder);
  } catch (error) {
    if (!isFolder(folder)) throw error;
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
