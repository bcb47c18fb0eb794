import { copyFileSync, linkSync, rmSync } from 'node:fs';

import { codeOf } from '../../errors.ts';
import { isSqliteError, openDatabase } from './driver.ts';
import { setAsideLog, type NotedFile } from './file-note.ts';
import { indexOf, logOf, sizeOf } from './identity.ts';
import { OPEN_BUSY_TIMEOUT_MS } from './opening-lock.ts';
import { isDamage, isMarkedDamaged, isQuarantineInterrupted } from './quarantine.ts';

/** Up to this size a start checks the whole file; a larger one would delay it too much. */
const CHECKED_BYTES = 32 * 1024 * 1024;

/**
 * Tells whether the file is damaged. Damage that lies in its log alone is set aside with the log: somebody put a backup
 * in the place of the file, and the log of that file was left.
 *
 * Looking never changes the file: a connection that may write would bring the log into it.
 *
 * @param isAlone True when no store has the file open, so that its log may be taken away.
 */
export function isBeyondRepair(noted: NotedFile, isAlone: boolean): boolean {
  const { path } = noted;
  if (sizeOf(path) === 0) return false;
  if (isQuarantineInterrupted(path)) return true;
  if (isSound(path, integrityCheckFor(path))) return false;
  if (!isAlone || sizeOf(logOf(path)) === 0 || !isSoundWithoutLog(path)) return true;
  setAsideLog(noted, 'the file is damaged with this log, and sound without it');
  return false;
}

/** Looks at the file under another name: SQLite reads whatever log lies beside the name that it is given. */
function isSoundWithoutLog(path: string): boolean {
  const name = `${path}.examined-${process.pid}`;
  try {
    giveName(path, name);
    return isSound(name, 'integrity_check(1)');
  } finally {
    for (const left of [name, logOf(name), indexOf(name)]) rmSync(left, { force: true });
  }
}

/** Some file systems give a file one name only. */
function giveName(path: string, name: string): void {
  try {
    linkSync(path, name);
  } catch {
    copyFileSync(path, name);
  }
}

/** Tells whether a file that somebody put in place is a sound database with a table `seen`. */
export function isStore(path: string): boolean {
  try {
    const findSeen = "SELECT 1 FROM sqlite_schema WHERE lower(name) = 'seen'";
    return sizeOf(path) > 0 && isSound(path, integrityCheckFor(path), findSeen);
  } catch (error) {
    if (codeOf(error) === 'SQLITE_NOTADB') return false;
    throw error;
  }
}

/** @param query Finds something in every sound database. */
function isSound(path: string, check: string | undefined, query = 'SELECT count(*) FROM sqlite_schema'): boolean {
  try {
    const db = openDatabase(path, { readonly: true, timeout: OPEN_BUSY_TIMEOUT_MS });
    try {
      if (db.prepare(query).get() === undefined) return false;
      return check === undefined || db.pragma(check, { simple: true }) === 'ok';
    } finally {
      db.close();
    }
  } catch (error) {
    if (isDamage(error)) return false;
    // A transaction was interrupted in another journal mode. Only a connection that may write can undo it.
    if (isSqliteError(error) && error.code.startsWith('SQLITE_READONLY')) return true;
    throw error;
  }
}

/** A file that was found damaged is checked as a whole, however long that takes: it may be a copy that was put back. */
function integrityCheckFor(path: string): string | undefined {
  if (isMarkedDamaged(path)) return 'integrity_check(1)';
  return sizeOf(path) <= CHECKED_BYTES ? 'quick_check(1)' : undefined;
}
