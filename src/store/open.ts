import type { Backend } from './backend.ts';
import { backUpToSqlite } from './backup-database.ts';
import type { SeenStore } from './contract/seen-store.ts';
import { enterService } from './core/service.ts';
import { createSeenStore } from './core/store.ts';
import { resolveSeenStoreOptions, type PostgresOptions, type SeenStoreOptions, type SqliteOptions } from './options.ts';
import { openPostgres } from './postgres/open.ts';
import { openSqlite } from './sqlite/open.ts';

/**
 * Opens the store for the calling thread, creating or upgrading the database as needed, and starts to purge what has
 * expired in the background.
 *
 * The database is a SQLite file, or one in PostgreSQL where `url`, `pool` or `SEEN_DB_URL` names it. An option that is left
 * out comes from its variable (`SEEN_DB_URL`, `SEEN_DB_SCHEMA`, `SEEN_DB_PATH`, `SEEN_TTL_DAYS`), else from the defaults.
 * A server that may be starting is waited for, for `busyTimeoutMs`.
 *
 * @throws {SeenConfigError} when an option or a variable cannot work.
 * @throws {SeenStoreOpenError} when the file cannot be opened or written, is no database, or has a table `seen` of
 *   another kind; when the server cannot be reached, is a standby or older than PostgreSQL 14, or a right is missing
 *   there; when the database was moved away; when Node is too old (see `nodeProblem`), or the driver (better-sqlite3 or
 *   `pg`) cannot be loaded; and when the package lies in a bundle, away from its writer thread.
 * @example
 * const store = await openSeenStore({ path: 'data/seen_ids.sqlite', ttlDays: 7 });
 * for (const id of await store.filterUnseen(['a', 'b'])) {
 *   await post(id);
 *   await store.markSeen(id);
 * }
 * await store.close();
 * @example
 * const shared = await openSeenStore({ url: 'postgres://seen:password@db.example.org/seen?sslmode=verify-full' });
 */
export async function openSeenStore(options: SeenStoreOptions = {}): Promise<SeenStore> {
  const resolved = resolveSeenStoreOptions(options, process.env);
  const backend = await openBackend(resolved);
  try {
    await enterService(backend);
  } catch (error) {
    await backend.close();
    throw error;
  }
  resolved.logger.info('seen_store_initialized', backend.openedFields);
  return createSeenStore(backend, resolved);
}

async function openBackend(options: SqliteOptions | PostgresOptions): Promise<Backend> {
  if (!('server' in options)) return openFile(options);
  const backend = await openPostgres(options);
  return { ...backend, backup: (path, control) => backUpToSqlite(options, path, control) };
}

/** Somebody who has set the URL expects to share the database with other machines. */
async function openFile(options: SqliteOptions): Promise<Backend> {
  const { path, hidesUrl, logger } = options;
  const reason =
    'SEEN_DB_URL is set, and not used, because the path is given as an option. Leave that out for PostgreSQL';
  if (hidesUrl) logger.warn('seen_store_url_unused', { path, reason });
  return openSqlite(options);
}
