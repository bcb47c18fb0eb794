import { existsSync } from 'node:fs';
import type { Database } from 'better-sqlite3';

import { SeenStoreOpenError } from '../../errors.ts';
import { loadDriver, openDatabase } from '../file/driver.ts';
import { isWhole, setAsideForeignLog, type NotedFile } from '../file/file-note.ts';
import { logOf } from '../file/identity.ts';
import { locate, nameInMessages } from '../file/location.ts';
import { openError } from '../file/open-error.ts';
import { OPEN_BUSY_TIMEOUT_MS, withOpeningLock } from '../file/opening-lock.ts';

/** The database of a snapshot. */
export interface SnapshotFile extends NotedFile {
  /** The option or the variable that set its path, for messages. */
  readonly pathSetting?: string | undefined;
}

/**
 * Opens a database that may be in use, and fixes what is read from it: whatever is written from now on, by whomever, is
 * not seen here. Neither the file nor its log is changed, not even when it is closed last; but a log that belongs to
 * another file is set aside, as it is by a start.
 *
 * @throws {SeenStoreOpenError} when there is no store at the path, or it cannot be read.
 */
export async function openSnapshot({ path: named, logger, pathSetting }: SnapshotFile): Promise<Database> {
  const path = findDatabase(named, pathSetting);
  try {
    await loadDriver();
    return withOpeningLock(path, (isAlone) => {
      requireWhole(path, isAlone);
      setAsideForeignLog({ path, logger }, isAlone);
      return begin(path);
    });
  } catch (error) {
    throw openError(path, error, pathSetting);
  }
}

function findDatabase(named: string, pathSetting: string | undefined): string {
  const path = locateFile(named, pathSetting);
  if (existsSync(path)) return path;
  const remedy = pathSetting === undefined ? '' : ` Look at ${pathSetting}.`;
  const message = `There is no database at ${path}.${remedy}`;
  throw new SeenStoreOpenError(message, path);
}

function locateFile(named: string, pathSetting: string | undefined): string {
  try {
    return locate(named);
  } catch (error) {
    throw openError(nameInMessages(named), error, pathSetting);
  }
}

function requireWhole(path: string, isAlone: boolean): void {
  if (isAlone || isWhole(path)) return;
  throw new Error('the file or its log is missing, and the process that has it open is about to restore it. Try again');
}

/**
 * The last connection that closes brings the log into the file, unless it may only read. Where there is no log, SQLite
 * makes an empty one, and only a connection that may write removes it again.
 */
function begin(path: string): Database {
  const readonly = existsSync(logOf(path));
  const db = openDatabase(path, { readonly, fileMustExist: true, timeout: OPEN_BUSY_TIMEOUT_MS });
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
