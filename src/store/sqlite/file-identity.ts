import { renameSync, rmSync, statSync } from 'node:fs';
import type { Database } from 'better-sqlite3';

import type { SeenLogger } from '../logger.ts';
import { openAlone } from './opening-lock.ts';

/** Which file a path leads to; undefined when it leads to none. */
export function identify(path: string): string | undefined {
  const stat = statSync(path, { throwIfNoEntry: false, bigint: true });
  return stat === undefined ? undefined : `${stat.dev}:${stat.ino}`;
}

/**
 * Makes the path lead to a usable file again. One that was deleted is written anew from the connection, which still has
 * all of it, complete or not at all; one that was put in its place is somebody's decision, and counts.
 */
export function restoreOrAccept(db: Database, path: string, logger: SeenLogger): void {
  const what = openAlone(path, () => {
    if (identify(path) !== undefined) return 'replaced: the new file counts';
    restore(db, path);
    return 'deleted: it was restored';
  });
  logger.error('seen_store_file_moved', { path, what });
}

function restore(db: Database, path: string): void {
  const copy = `${path}.restoring-${process.pid}`;
  rmSync(copy, { force: true });
  db.prepare('VACUUM INTO ?').run(copy);
  // They belong to the file that is gone, and would be taken for the copy's. Who has it open goes on with what he has.
  for (const suffix of ['-wal', '-shm']) rmSync(`${path}${suffix}`, { force: true });
  renameSync(copy, path);
}
