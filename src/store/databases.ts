import { createSeenReader, type SeenReader } from './core/reader.ts';
import type { PostgresOptions, SqliteOptions } from './options.ts';
import { openPostgresReader } from './postgres/open-reader.ts';
import { migratePostgres } from './postgres/migrate.ts';
import { openPostgresSource } from './postgres/transfer/source.ts';
import { openPostgresTarget } from './postgres/transfer/target.ts';
import { openSqliteReader } from './sqlite/open-reader.ts';
import { migrateSqlite } from './sqlite/transfer/migrate.ts';
import { openSqliteSource } from './sqlite/transfer/source.ts';
import { openSqliteTarget } from './sqlite/transfer/target.ts';
import type { MovableDatabase } from './transfer/move.ts';
import { transferTables } from './transfer/tables.ts';

export type { SeenReader };

/** The tables that show that a database has been used, by more than being opened. */
const signsOfUse = transferTables.filter(({ name }) => name !== 'seen_watch' && name !== 'seen_leader');

/** The database of these options, for transfers: no store is opened. */
export function movableDatabase(options: SqliteOptions | PostgresOptions): MovableDatabase {
  if ('server' in options) {
    return {
      openSource: (signal) => openPostgresSource({ ...options, signal }),
      openAlone: (admit, signal) => openPostgresTarget({ ...options, signal }, signsOfUse, admit),
    };
  }
  return {
    openSource: () => openSqliteSource(options),
    openAlone: (admit) => openSqliteTarget(options, signsOfUse, admit),
  };
}

/**
 * Opens a database to ask it, without opening a store: nothing is made, migrated or changed.
 *
 * @throws {SeenStoreOpenError} when there is none, or it cannot be read.
 */
export async function openSeenReader(options: SqliteOptions | PostgresOptions): Promise<SeenReader> {
  const backend = await ('server' in options ? openPostgresReader(options) : openSqliteReader(options));
  return createSeenReader(backend, options);
}

/**
 * Makes the database, or brings it up to date, also while bots use it.
 *
 * @returns Where it is, as a person would look for it.
 * @throws {SeenStoreOpenError} when it cannot be opened.
 */
export async function migrateDatabase(options: SqliteOptions | PostgresOptions): Promise<string> {
  if (!('server' in options)) return migrateSqlite(options);
  const { location } = await migratePostgres(options);
  return location;
}
