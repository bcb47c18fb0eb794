import { renameSync, rmSync, statSync } from 'node:fs';
import type { Database } from 'better-sqlite3';

import type { SeenLogger } from '../../logger.ts';
import { withOpeningLock } from './opening-lock.ts';

/** The identity of the file that a path leads to, as device and inode; undefined when there is none. */
export function identify(path: string): string | undefined {
  const stat = statSync(path, { throwIfNoEntry: false, bigint: true });
  return stat === undefined ? undefined : `${stat.dev}:${stat.ino}`;
}

/**
 * Makes the path lead to a usable file again. A file that was deleted is written anew from the connection, which still
 * has all of it, complete or not at all. A file that was put in its place was put there on purpose, and counts.
 */
export function restoreOrAccept(db: Database, path: string, logger: SeenLogger): void {
  const what = withOpeningLock(path, () => {
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
  // They belong to the file that is gone, and would be taken for the copy's. Whoever has them open keeps them.
  for (const suffix of ['-wal', '-shm']) rmSync(`${path}${suffix}`, { force: true });
  renameSync(copy, path);
}
