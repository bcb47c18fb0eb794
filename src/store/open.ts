import { resolveSeenStoreOptions, type SeenStoreOptions } from './options.ts';
import type { SeenStore } from './contract/seen-store.ts';
import { openSqliteSeenStore } from './sqlite/open.ts';

/**
 * Opens the store for the calling thread, creating or upgrading the database as needed, and starts to purge what has
 * expired in the background.
 *
 * What an option leaves out comes from `SEEN_DB_PATH` and `SEEN_TTL_DAYS`.
 *
 * @throws {SeenConfigError} when an option or a variable cannot work.
 * @throws {SeenStoreOpenError} when the file cannot be opened, is no database, or holds something else.
 */
export async function openSeenStore(options: SeenStoreOptions = {}): Promise<SeenStore> {
  return openSqliteSeenStore(resolveSeenStoreOptions(options, process.env));
}
