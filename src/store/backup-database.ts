import type { BackupOptions, BackupResult } from './contract/backup.ts';
import { silentLogger } from './logger.ts';
import type { PostgresOptions, SqliteOptions } from './options.ts';
import { openPostgresSource } from './postgres/transfer/source.ts';
import { copyDatabase, writeDatabase, type BackupTerms } from './sqlite/backup/copy-database.ts';
import { requireDestination, requireFileName } from './destination.ts';
import { sizeOf } from './sqlite/file/identity.ts';
import { openSqliteTarget } from './sqlite/transfer/target.ts';
import { copyRows } from './transfer/copy.ts';
import type { TransferSource } from './port/transfer.ts';

/**
 * Backs up a database that other processes may be using, without opening a store: it creates and migrates nothing,
 * forgets no id, sets no damaged file aside, and changes neither the file nor its log. It keeps the calling thread busy,
 * so it is for programs that do nothing else.
 *
 * @param to The path of the backup.
 * @throws {SeenStoreOpenError} when there is no store, or it cannot be read.
 * @throws {SeenInputError} when `to` cannot be the path of a backup.
 * @throws {SeenStoreError} when the copy cannot be made or fails its check.
 */
export function backupDatabase(
  options: SqliteOptions | PostgresOptions,
  to: string,
  control: BackupTerms,
): Promise<BackupResult> {
  return 'server' in options ? backUpToSqlite(options, to, control) : copyDatabase(options, to, control);
}

/**
 * Backs up a PostgreSQL database as it is now into a SQLite file, which opens as a store of its own.
 *
 * @throws As `backupDatabase` does.
 */
export async function backUpToSqlite(
  options: PostgresOptions,
  to: string,
  control: BackupTerms,
): Promise<BackupResult> {
  const destination = requireDestination(undefined, requireFileName(to), { ...control, what: 'A backup' });
  control.signal?.throwIfAborted();
  const source = await openPostgresSource(options);
  try {
    return await writeDatabase(destination, control, (file) => fill(file, source, options, control));
  } finally {
    await source.close();
  }
}

/** The size of the file is only known at its end: until then it is estimated by the rows that are left. */
async function fill(
  path: string,
  source: TransferSource,
  options: PostgresOptions,
  { signal, onProgress }: BackupOptions,
): Promise<void> {
  const { server: _server, schema: _schema, hidesPath: _hides, serverSetting: pathSetting, ...others } = options;
  const unmarked = { arrival: undefined, departure: undefined };
  const target = await openSqliteTarget(
    { ...others, path, pathSetting, hidesUrl: false, logger: silentLogger },
    [],
    () => unmarked,
  );
  const tell = (total: (bytes: number) => number): void => {
    const copied = sizeOf(path);
    onProgress?.({ copied, total: total(copied) });
  };
  try {
    await copyRows(source, target, {
      signal,
      onProgress: ({ rows, left }) => tell((copied) => Math.ceil(copied * (1 + (left + 1) / (rows + 1)))),
    });
  } finally {
    await target.close();
  }
  tell((copied) => copied);
}
