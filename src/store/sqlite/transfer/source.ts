import { statSync } from 'node:fs';
import type { Database } from 'better-sqlite3';

import type { TransferSource } from '../../port/transfer.ts';
import { openSnapshot, type SnapshotFile } from '../backup/snapshot.ts';
import { idProblems } from '../file/foreign-table/values.ts';
import { comparesIdsExactly, readColumnNames } from '../file/foreign-table/shape.ts';
import { loadDriver } from '../file/driver.ts';
import { logOf } from '../file/identity.ts';
import { readVersion, requireThisVersion } from '../file/migrate.ts';
import { openError } from '../file/open-error.ts';
import { tryWithOpeningLock } from '../file/opening-lock.ts';
import { readName } from '../move-rows.ts';
import { countRows, preparedByTable, prepareReadRows } from './rows.ts';

/**
 * Opens a file to read its rows, as they are now. The file may be in use, or that of an earlier program, which has only
 * the table `seen`. Nothing in it is changed.
 *
 * @throws {SeenStoreOpenError} when there is no store at the path, it cannot be read, or it is of another version.
 */
export async function openSqliteSource(file: SnapshotFile): Promise<TransferSource> {
  await loadDriver();
  const before = stateOf(file.path);
  const db = await openSnapshot(file);
  const isInUse = isOpenInStore(db.name);
  try {
    requireReadable(db);
    return createSource(db, { isInUse, state: stateOf(db.name) === before ? before : undefined });
  } catch (error) {
    db.close();
    throw openError(db.name, error, file.pathSetting);
  }
}

function valueProblems(db: Database): string[] {
  const isExact = comparesIdsExactly(db);
  return [...idProblems(db), ...(isExact ? [] : ['declares id with a collation that takes different ids for one'])];
}

/** Everything that is committed changes the file or its log. */
function stateOf(path: string): string {
  const stats = [path, logOf(path)].map((file) => statSync(file, { bigint: true, throwIfNoEntry: false }));
  return stats
    .map((stat) =>
      stat === undefined || stat.size === 0n ? '' : `${stat.dev}:${stat.ino}:${stat.size}:${stat.mtimeNs}`,
    )
    .join(' ');
}

/** A file that is just being opened is about to be in use. */
function isOpenInStore(path: string): boolean {
  return tryWithOpeningLock(path, (isAlone) => !isAlone) ?? true;
}

function requireReadable(db: Database): void {
  if (readVersion(db) > 0) requireThisVersion(db);
  const columns = readColumnNames(db);
  const problems = columns.includes('id') && columns.includes('ts') ? valueProblems(db) : ['has no columns id and ts'];
  if (problems.length === 0) return;
  throw new Error(`its table "seen" ${problems.join(', and ')}. A bot that opens the file says how to convert it`);
}

function createSource(db: Database, moment: Pick<TransferSource, 'isInUse' | 'state'>): TransferSource {
  const isOurs = readVersion(db) > 0;
  const readRows = preparedByTable((table) => prepareReadRows(db, table));
  return {
    database: isOurs ? readName(db, db.name) : { backend: 'sqlite', id: '', location: db.name },
    ...moment,
    async read(table, after, limit) {
      if (!isOurs && table.name !== 'seen') return [];
      return readRows(table)(after, limit);
    },
    countRows: async (tables) =>
      countRows(
        db,
        tables.filter(({ name }) => isOurs || name === 'seen'),
      ),
    token: async () => (isOurs ? readToken(db) : 0),
    close: async () => void db.close(),
  };
}

/** The counter may be missing, because somebody emptied its table. */
export function readToken(db: Database): number {
  const token = db
    .prepare<[], number>(
      'SELECT max(coalesce((SELECT max(value) FROM seen_token), 0), coalesce(max(token), 0)) FROM seen_item',
    )
    .pluck()
    .get();
  return token ?? 0;
}
