import type { SeenStore } from './contract/seen-store.ts';
import { createSeenStore } from './core/store.ts';
import { resolveSeenStoreOptions, type SeenStoreOptions } from './options.ts';
import { openSqlite } from './sqlite/open.ts';

/**
 * Opens the store for the calling thread, creating or upgrading the database as needed, and starts to purge what has
 * expired in the background.
 *
 * An option that is left out comes from `SEEN_DB_PATH` or `SEEN_TTL_DAYS`, else from the defaults.
 *
 * @throws {SeenConfigError} when an option or a variable cannot work.
 * @throws {SeenStoreOpenError} when the file cannot be opened or written, is no database, or has a table `seen` of
 *   another kind; when Node is too old (see `nodeProblem`) or SQLite's native module cannot be loaded; and when the
 *   package lies in a bundle, away from its writer thread.
 * @example
 * const store = await openSeenStore({ path: 'data/seen_ids.sqlite', ttlDays: 7 });
 * for (const id of await store.filterUnseen(['a', 'b'])) {
 *   await post(id);
 *   await store.markSeen(id);
 * }
 * await store.close();
 */
export async function openSeenStore(options: SeenStoreOptions = {}): Promise<SeenStore> {
  const resolved = resolveSeenStoreOptions(options, process.env);
  return createSeenStore(await openSqlite(resolved), resolved);
}
