import { accessSync, chmodSync, constants, existsSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import BetterSqlite3, { type Database } from 'better-sqlite3';

import { makeFolder } from './folder.ts';

/** Opening and migrating wait, at most this long, for a process that does the same. Only the start may block. */
export const OPEN_BUSY_TIMEOUT_MS = 5_000;

const forbidden = ['EACCES', 'EPERM', 'EROFS'];

/**
 * Opens the file, or puts another in its place, while no other process or thread does: who opens it in between gets a log
 * that belongs to another database.
 *
 * The lock is SQLite's own, on an empty file beside it, because the system takes it back from a process that dies. That
 * file stays: to remove it would let two in at once, one of them by the removed file.
 */
export function openAlone<T>(path: string, open: () => T): T {
  makeFolder(dirname(path));
  const lock = take(path);
  try {
    return open();
  } finally {
    lock.close();
  }
}

function take(path: string): Database {
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

/** What forbids to lock the file would have forbidden to open it, and is said in SQLite's words. */
function lockError(name: string, path: string, cause: unknown): unknown {
  if (!(cause instanceof Error) || !('code' in cause) || cause.code === 'SQLITE_BUSY') return cause;
  const error = new Error(`its lock file ${name} cannot be used: ${cause.message}`, { cause });
  if (!forbidden.includes(String(cause.code))) return error;
  return Object.assign(error, { code: existsSync(path) ? 'SQLITE_READONLY' : 'SQLITE_CANTOPEN' });
}

/** Whoever may write to the database may lock it. SQLite would take a lock of a file that it may only read for granted. */
function makeLockFile(name: string, path: string): void {
  if (!existsSync(name)) {
    writeFileSync(name, '', { flag: 'a' });
    if (existsSync(path)) chmodSync(name, statSync(path).mode & 0o666);
  }
  accessSync(name, constants.W_OK);
}
