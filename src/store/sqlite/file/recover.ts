import { chmodSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Database } from 'better-sqlite3';

import { isWhole, notedFile, noteFiles, setAsideForeignLog, setAsideLog, type NotedFile } from './file-note.ts';
import { identify, identifySet, indexOf, isInPlace, logOf, type FileSet } from './identity.ts';
import { withOpeningLock } from './opening-lock.ts';
import { syncFile, syncFolder } from './sync.ts';

/**
 * The outcome of a recovery.
 *
 * - `restored`: the path leads to a copy of all that the connection has.
 * - `replaced`: it leads to a file that somebody else put there, which counts.
 */
export type Recovery = 'restored' | 'replaced';

export interface Recovered<Opened> {
  readonly outcome: Recovery;
  readonly opened: Opened;
}

/** The connection whose files are no longer in place. */
export interface Torn {
  readonly db: Database;
  readonly set: FileSet;
  /** When the files were last seen in place: see `monotonicMs`. */
  readonly verifiedAt: number;
  /** True when nobody is left who could have a newer file open. */
  readonly isLast: boolean;
}

/** A store that has not looked for longer than this may have slept while another one restored the file. */
const CURRENT_MS = 5_000;

/** Milliseconds of a clock that is the same in all threads, and goes on while the process is suspended. */
export function monotonicMs(): number {
  return Number(process.hrtime.bigint() / 1_000_000n);
}

/** The volume of the database is not there. Writing now would write beneath the place where it belongs. */
export class PlaceGoneError extends Error {
  constructor(path: string) {
    super(`the volume of ${path} is not there. Mount it again: nothing is written until then`);
  }
}

/** The present file is missing, and it is not the one that this connection has. */
export class OutdatedError extends Error {
  constructor(path: string) {
    super(`${path} is missing, and another process is to restore it: what this one has is older`);
  }
}

/** Tries to restore a file that somebody deletes again and again. */
const MAX_TRIES = 5;

/**
 * Makes the path lead to a whole database again, when a file of it was deleted or replaced, and opens it.
 *
 * A file that was put in the place of another was put there on purpose. Otherwise the connection, which still has all of
 * it, writes it anew, complete or not at all. That holds for a log that is gone as well: nobody who opens the file could
 * see what only the deleted log holds, and whoever still writes there notices that the file is another.
 *
 * @param open Opens the file that the path leads to. The opening lock is held.
 * @throws {PlaceGoneError} while the volume is not there.
 * @throws {OutdatedError} while a process that has a newer file may restore that one.
 */
export function recover<Opened>(torn: Torn, noted: NotedFile, open: () => Opened): Recovered<Opened> {
  const { path } = noted;
  requirePlace(torn.set, path);
  return withOpeningLock(path, () => {
    const outcome = acceptOrRestore(torn, noted);
    for (let tries = 1; ; tries += 1) {
      try {
        return { outcome, opened: open() };
      } catch (error) {
        // Nobody else can have opened what was restored here and deleted since.
        if (outcome === 'replaced' || isWhole(path) || tries === MAX_TRIES) throw error;
        restore(torn, noted);
      }
    }
  });
}

function acceptOrRestore(torn: Torn, noted: NotedFile): Recovery {
  const { set } = torn;
  const { path, logger } = noted;
  const { file } = identifySet(path);
  if (isInPlace(set, path)) return 'replaced';
  if (file !== undefined && file !== set.file) {
    // It may be one that another store has restored, and that has lost its log since.
    if (!torn.isLast && !isWhole(path)) throw new OutdatedError(path);
    setAsideForeignLog(noted, false);
    noteFiles(noted, identifySet(path));
    logger.error('seen_store_file_moved', { path, what: 'replaced: the new file counts' });
    return 'replaced';
  }
  if (!torn.isLast && mayBeOutdated(torn, path)) throw new OutdatedError(path);
  restore(torn, noted);
  const what = file === undefined ? 'deleted: it was restored' : 'its log was gone: it was written anew';
  logger.error('seen_store_file_moved', { path, what });
  return 'restored';
}

/** Where the note was deleted as well, only a store that has looked just now knows that it has the newest file. */
function mayBeOutdated({ set, verifiedAt }: Torn, path: string): boolean {
  const noted = notedFile(path);
  return noted === undefined ? monotonicMs() - verifiedAt > CURRENT_MS : noted !== set.file;
}

/** @throws {PlaceGoneError} */
function requirePlace(set: FileSet, path: string): void {
  if (deviceOf(path) !== set.device) throw new PlaceGoneError(path);
}

/** The device of the folder; of the one above it, if the folder was deleted. */
export function deviceOf(path: string): number {
  const folder = dirname(path);
  return statSync(folder, { throwIfNoEntry: false })?.dev ?? deviceOf(folder);
}

function restore({ db, set: { log, mode } }: Torn, noted: NotedFile): void {
  const { path } = noted;
  const copy = `${path}.restoring-${process.pid}`;
  rmSync(copy, { force: true });
  try {
    db.prepare('VACUUM INTO ?').run(copy);
    chmodSync(copy, mode);
    syncFile(copy);
    // What is left belongs to the file that is gone, and would be taken for the copy's. Whoever has it open keeps it.
    const found = identify(logOf(path));
    if (found !== undefined && found !== log) setAsideLog(noted, 'it was begun while the log of the file was gone');
    for (const left of [logOf(path), indexOf(path)]) rmSync(left, { force: true });
    renameSync(copy, path);
    syncFolder(dirname(path));
    noteFiles(noted, identifySet(path));
  } finally {
    rmSync(copy, { force: true });
  }
}
