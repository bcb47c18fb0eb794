import { copyFileSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';

import { openSeenStore, silentLogger } from '../../src/store/index.ts';
import { temporaryFolder } from './temporary-folder.ts';

const made = fileURLToPath(new URL('../../node_modules/.cache/empty-database.sqlite', import.meta.url));

/** Makes the database of `emptyDatabase`, as a store does when it opens a new file. Done once for the whole run. */
export async function makeEmptyDatabase(): Promise<void> {
  for (const part of ['', '-wal', '-shm', '.files']) rmSync(`${made}${part}`, { force: true });
  const store = await openSeenStore({ path: made, logger: silentLogger });
  await store.close();
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
