import { statSync } from 'node:fs';
import BetterSqlite3, { type Database } from 'better-sqlite3';

import { SeenStoreOpenError } from '../../errors.ts';
import { isWhole, setAsideForeignLog, type NotedFile } from '../file/file-note.ts';
import { openError } from '../file/open-error.ts';
import { OPEN_BUSY_TIMEOUT_MS, withOpeningLock } from '../file/opening-lock.ts';

/**
 * Opens a database that may be in use, and fixes what is read from it: whatever is written from now on, by whomever, is
 * not seen here. The database is not changed, whatever state it is in; but a log that belongs to another file is set
 * aside, as it is by a start.
 *
 * @throws {SeenStoreOpenError} when there is no store at the path, or it cannot be read.
 */
export function openSnapshot(noted: NotedFile): Database {
  const { path } = noted;
  if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true) {
    throw new SeenStoreOpenError(
      `There is no database at ${path}. Set SEEN_DB_PATH, or name the file of a store.`,
      path,
    );
  }
  try {
    return withOpeningLock(path, (isAlone) => {
      requireWhole(path, isAlone);
      setAsideForeignLog(noted, isAlone);
      return begin(path);
    });
  } catch (error) {
    throw openError(path, error);
  }
}

function requireWhole(path: string, isAlone: boolean): void {
  if (isAlone || isWhole(path)) return;
  throw new Error('the file or its log is missing, and the process that has it open is about to restore it. Try again');
}

function begin(path: string): Database {
  const db = new BetterSqlite3(path, { fileMustExist: true, timeout: OPEN_BUSY_TIMEOUT_MS });
  try {
    db.exec('BEGIN');
    const tables = db.prepare("SELECT 1 FROM sqlite_schema WHERE lower(name) = 'seen'").all();
    if (tables.length === 0) throw new Error('it has no table "seen", so it is not the file of a store');
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}
