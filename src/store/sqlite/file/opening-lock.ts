import { accessSync, chmodSync, constants, existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import BetterSqlite3, { type Database } from 'better-sqlite3';

/** Opening and migrating wait, at most this long, for a process that does the same. Only the start may block. */
export const OPEN_BUSY_TIMEOUT_MS = 5_000;

const forbidden = ['EACCES', 'EPERM', 'EROFS'];

/**
 * Opens the file, or puts another in its place, while no other process or thread does: one that opened it in between
 * would get a log that belongs to another database.
 *
 * The lock is SQLite's own, on an empty file beside the database, because the system releases it when a process dies.
 * That file stays: removing it would let two processes in at once, one of them by the removed file.
 */
export function withOpeningLock<T>(path: string, open: () => T): T {
  makeFolder(dirname(path));
  const lock = acquire(path);
  try {
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
    throw lockError(name, path, cause);
  }
}

/** Whatever forbids locking the file would have forbidden opening it, and is reported under SQLite's code for that. */
function lockError(name: string, path: string, cause: unknown): unknown {
  if (!(cause instanceof Error) || !('code' in cause) || cause.code === 'SQLITE_BUSY') return cause;
  const error = new Error(`its lock file ${name} cannot be used: ${cause.message}`, { cause });
  if (!forbidden.includes(String(cause.code))) return error;
  return Object.assign(error, { code: existsSync(path) ? 'SQLITE_READONLY' : 'SQLITE_CANTOPEN' });
}

/**
 * Creates the lock file with the database's permissions, and makes sure that it can be written to: on a read-only file
 * SQLite reports the lock as taken without taking it.
 */
function makeLockFile(name: string, path: string): void {
  if (!existsSync(name)) {
    writeFileSync(name, '', { flag: 'a' });
    if (existsSync(path)) chmodSync(name, statSync(path).mode & 0o666);
  }
  accessSync(name, constants.W_OK);
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
