import { copyFileSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';

import { openSeenStore, silentLogger } from '../../src/store/index.ts';
import { temporaryFolder } from './temporary-folder.ts';

const made = fileURLToPath(new URL('../../node_modules/.cache/empty-database.sqlite', import.meta.url));

/**
 * Makes the database of `emptyDatabase`, as a store does when it opens a new file. Done once for the whole run, and whole
 * from the beginning: another run in this checkout may copy it.
 */
export async function makeEmptyDatabase(): Promise<void> {
  const folder = mkdtempSync(`${made}.`);
  const path = join(folder, 'seen_ids.sqlite');
  const store = await openSeenStore({ path, logger: silentLogger });
  await store.close();
  renameSync(path, made);
  rmSync(folder, { recursive: true });
}

/**
 * The path of a database in which a store has made its tables and nothing else, in a folder of the running test's own:
 * for the many tests that are not about how a new file is opened, because a store opens it in half the time.
 */
export function emptyDatabase(): string {
  const path = join(temporaryFolder(), 'seen_ids.sqlite');
  copyFileSync(made, path);
  return path;
}
