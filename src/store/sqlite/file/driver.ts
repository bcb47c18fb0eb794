import type BetterSqlite3 from 'better-sqlite3';
import type { Database, Options } from 'better-sqlite3';

import { codeOf } from '../../errors.ts';
import { nodeProblem } from '../../node-problem.ts';
import { incompleteDriver, nativeProblem, olderDriver } from './native-problem.ts';

type Driver = typeof BetterSqlite3;
type SqliteError = InstanceType<Driver['SqliteError']>;

/** The SQLite of the oldest better-sqlite3 that package.json allows, 3.54, as SQLite numbers its versions. */
const OLDEST_SQLITE = 3_054_000;

let driver: Driver | undefined;

/**
 * Loads better-sqlite3 with its native module, once a thread. Whatever opens a database waits for it before it makes a
 * file. It is loaded no sooner, because an older Node ends without a word on it.
 *
 * @throws An error that says why it cannot be loaded here, and what to do.
 */
export async function loadDriver(): Promise<void> {
  if (driver !== undefined) return;
  const problem = nodeProblem();
  if (problem !== undefined) throw new Error(problem);
  const imported = await importDriver();
  requireNewEnough(imported);
  driver = imported;
}

/** Opens a database by the driver, which has been loaded. */
export function openDatabase(path: string, options: Options = {}): Database {
  if (driver === undefined) throw new Error('better-sqlite3 has not been loaded in this thread.');
  return new driver(path, options);
}

/** Tells whether SQLite itself reported the error. A process may have more than one better-sqlite3, so its name tells. */
export function isSqliteError(error: unknown): error is SqliteError {
  return error instanceof Error && error.name === 'SqliteError';
}

async function importDriver(): Promise<Driver> {
  try {
    return (await import('better-sqlite3')).default;
  } catch (cause) {
    if (!/^(?:ERR_)?MODULE_NOT_FOUND$/.test(codeOf(cause))) throw cause;
    throw new Error(incompleteDriver(cause), { cause });
  }
}

function requireNewEnough(imported: Driver): void {
  const version = sqliteVersion(imported);
  const number = version.split('.').reduce((sum, part) => sum * 1000 + Number(part), 0);
  if (number >= OLDEST_SQLITE) return;
  throw new Error(olderDriver(`it has SQLite ${version}`));
}

/** Uses the native module for the first time, which loads it. */
function sqliteVersion(imported: Driver): string {
  try {
    const db = new imported(':memory:');
    const version = db.prepare<[], string>('SELECT sqlite_version()').pluck().get();
    db.close();
    return version ?? '';
  } catch (cause) {
    const problem = nativeProblem(cause);
    throw problem === undefined ? cause : new Error(problem, { cause });
  }
}
