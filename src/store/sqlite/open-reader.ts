import type { ReadableBackend } from '../backend.ts';
import type { SqliteOptions } from '../options.ts';
import { openSnapshot } from './backup/snapshot.ts';
import { loadDriver } from './file/driver.ts';
import { identifySet, logOf, modeOf, sizeOf } from './file/identity.ts';
import { requireThisVersion } from './file/migrate.ts';
import { openError } from './file/open-error.ts';
import { deviceOf } from './file/place.ts';
import { ReadConnection } from './reads/connection.ts';
import { sqliteReads } from './reads/index.ts';

/**
 * Opens a file to ask it, as it is now. It may be in use, and nothing in it is changed.
 *
 * @throws {SeenStoreOpenError} when there is no store at the path, it cannot be read, or it is of another version.
 */
export async function openSqliteReader(options: SqliteOptions): Promise<ReadableBackend> {
  await loadDriver();
  const db = await openSnapshot(options);
  const { name: path } = db;
  try {
    requireThisVersion(db);
  } catch (error) {
    db.close();
    throw openError(path, error, options.pathSetting);
  }
  const set = { ...identifySet(path), device: deviceOf(path), mode: modeOf(path) };
  const connection = new ReadConnection({ db, set }, { ...options, path });
  return {
    name: 'sqlite',
    location: path,
    reads: sqliteReads(connection),
    sizes: async () => ({ fileBytes: sizeOf(path), walBytes: sizeOf(logOf(path)) }),
    close: async () => void db.close(),
  };
}
