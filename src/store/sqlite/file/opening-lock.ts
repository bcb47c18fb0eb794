import { chmodSync, chownSync, mkdirSync, readFileSync, statSync, writeFileSync, type Stats } from 'node:fs';
import { dirname } from 'node:path';
import type { Database } from 'better-sqlite3';

import { codeOf } from '../../errors.ts';
import { requireWritable } from './access.ts';
import { isSqliteError, openDatabase } from './driver.ts';
import { identify } from './identity.ts';
import { isFolder } from './location.ts';

/** Opening and migrating wait, at most this long, for a process that does the same. Only the start may block. */
export const OPEN_BUSY_TIMEOUT_MS = 5_000;

const lockOf = (path: string): string => `${path}.lock`;

/**
 * Opens the file, or puts another in its place, while no other process or thread does: one that opened it in between
 * would get a log that belongs to another database.
 *
 * The lock is SQLite's own, on an empty file beside the database, because the system releases it when a process dies.
 * That file stays: removing it would let two processes in at once, one of them by the removed file.
 *
 * Whoever may not write is refused before, so that no lock file of its own is left to shut out the others, and again
 * once it is alone: another user may have created the file in between.
 *
 * @param open Called with true when no store has the file open, this thread's own included: see `Presence`.
 */
export function withOpeningLock<T>(path: string, open: (isAlone: boolean) => T, timeoutMs = OPEN_BUSY_TIMEOUT_MS): T {
  requireWritable(path);
  const lock = openLock(path, timeoutMs);
  try {
    const isAlone = acquire(lock, path, timeoutMs);
    requireWritable(path);
    return open(isAlone);
  } finally {
    lock.close();
  }
}

/** The same for a running store, which must not wait: undefined while another process or thread opens the file. */
export function tryWithOpeningLock<T>(path: string, open: (isAlone: boolean) => T): T | undefined {
  try {
    return withOpeningLock(path, open, 0);
  } catch (error) {
    if (isBusy(error)) return undefined;
    throw error;
  }
}

/** The sign that a store has the database open. It lasts until it is given up, or the process dies. */
export class Presence {
  readonly #path: string;
  #lock: Database;
  #file: string | undefined;

  /** @throws SQLite's error for a lock that is taken, while another process or thread opens the file alone. */
  constructor(path: string) {
    this.#path = path;
    this.#lock = this.#show();
  }

  /** Shows itself again where somebody removed the lock file: now, or the next time while another one opens the file. */
  ensure(): void {
    if (identify(lockOf(this.#path)) === this.#file) return;
    try {
      const next = this.#show();
      this.#lock.close();
      this.#lock = next;
    } catch (error) {
      if (!isBusy(error)) throw error;
    }
  }

  end(): void {
    this.#lock.close();
  }

  #show(): Database {
    const lock = openLock(this.#path, 0);
    try {
      // Reading takes the shared lock, which lasts as long as the transaction.
      lock.exec('BEGIN');
      lock.prepare('SELECT count(*) FROM sqlite_schema').get();
    } catch (error) {
      lock.close();
      throw lockError(this.#path, error);
    }
    this.#file = identify(lockOf(this.#path));
    return lock;
  }
}

/**
 * Tells whether another process shows presence. Only Linux lists locks; where nobody can tell, another one may be there.
 */
export function mayOthersBePresent(path: string): boolean {
  try {
    const inode = statSync(lockOf(path), { bigint: true }).ino;
    const locks = readFileSync('/proc/locks', 'utf8').split('\n');
    return locks.some((lock) => lock.includes(`:${inode} `) && !lock.includes(` ${process.pid} `));
  } catch {
    return true;
  }
}

function openLock(path: string, timeout: number): Database {
  try {
    makeLockFile(path);
    return connectToLock(lockOf(path), timeout);
  } catch (cause) {
    throw lockError(path, cause);
  }
}

function connectToLock(name: string, timeout: number): Database {
  const lock = openDatabase(name, { timeout });
  try {
    // Nothing is ever written to it, so there is nothing to undo after a crash.
    lock.pragma('journal_mode = MEMORY');
    return lock;
  } catch (error) {
    lock.close();
    throw error;
  }
}

/** @returns True when nobody shows presence. */
function acquire(lock: Database, path: string, timeoutMs: number): boolean {
  try {
    if (tryExclusive(lock)) return true;
    lock.pragma(`busy_timeout = ${timeoutMs}`);
    lock.exec('BEGIN IMMEDIATE');
    return false;
  } catch (cause) {
    throw lockError(path, cause);
  }
}

function tryExclusive(lock: Database): boolean {
  lock.pragma('busy_timeout = 0');
  try {
    lock.exec('BEGIN EXCLUSIVE');
    return true;
  } catch (error) {
    if (isBusy(error)) return false;
    throw error;
  }
}

/** Tells whether somebody else has a lock that was asked for. */
export function isBusy(error: unknown): boolean {
  return isSqliteError(error) && /^SQLITE_(BUSY|LOCKED)/.test(error.code);
}

/** Leaves an error as it is that is no fault of the lock file: it says more about the database as well. */
function lockError(path: string, cause: unknown): unknown {
  if (!isSqliteError(cause) || /^SQLITE_(?:BUSY|FULL|IOERR)/.test(cause.code)) return cause;
  return new Error(`its lock file ${lockOf(path)} cannot be used: ${cause.message}`, { cause });
}

/** Creates the lock file for all who may write to the database. */
function makeLockFile(path: string): void {
  const name = lockOf(path);
  if (!createFile(name)) return;
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
    if (codeOf(error) !== 'EPERM') throw error;
  }
}

/**
 * Creates an empty file. One that exists is not even opened: closing it would drop the locks that this process has on it.
 *
 * @returns False when there was one.
 */
export function createFile(path: string): boolean {
  try {
    writeFileSync(path, '', { flag: 'wx' });
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

/** One folder after the other: Node's own recursion never ends below /proc, where no folder can be made. */
export function makeFolder(folder: string): void {
  if (isFolder(folder)) return;
  makeFolder(dirname(folder));
  try {
    mkdirSync(folder);
  } catch (error) {
    if (!isFolder(folder)) throw error;
  }
}
