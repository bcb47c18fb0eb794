import { existsSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Database } from 'better-sqlite3';

import { systemClock } from '../../clock.ts';
import { isStore } from './damage.ts';
import { isWhole, notedFile, noteFiles, setAsideForeignLog, setAsideLog, type NotedFile } from './file-note.ts';
import { identify, identifySet, indexOf, isInPlace, logOf, sizeOf, type FileSet } from './identity.ts';
import { MissingFileError, OutdatedError, renameUnlessGone, unlessTakenAway } from './missing-file.ts';
import { ForeignSchemaError } from './open-error.ts';
import { makeFolder, withOpeningLock } from './opening-lock.ts';
import { requirePlace } from './place.ts';
import { syncFile, syncFolder } from '../../sync.ts';

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
  /** The time at which the files were last seen in place: see `monotonicMs`. */
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

/** Tries to restore a file that somebody deletes again and again. */
const MAX_TRIES = 5;

/**
 * Makes the path lead to a whole database again, when a file of it was deleted or replaced, and opens it.
 *
 * A file that was put in the place of another was put there on purpose, if it can be used. Otherwise the connection, which
 * still has all of it, writes it anew, complete or not at all. That holds for a log that is gone as well: nobody who opens
 * the file could see what only the deleted log holds, and whoever still writes there notices that the file is another.
 *
 * @param open Opens the file that the path leads to, which may be one that nobody has opened in the place of the other.
 *   The opening lock is held.
 * @throws {PlaceGoneError} while the volume is not there.
 * @throws {OutdatedError} while a process that has a newer file may restore that one.
 * @throws {MissingFileError} when somebody takes the file away meanwhile.
 * @throws SQLite's error for a lock that is taken, while another process or thread opens the file.
 */
export function recover<Opened>(
  torn: Torn,
  noted: NotedFile,
  open: (isReplacement: boolean) => Opened,
): Recovered<Opened> {
  const { path } = noted;
  requirePlace(torn.set, path);
  makeFolder(dirname(path));
  const putInOrder = (): Recovered<Opened> => {
    // The commit that noticed it stands: it went into these files.
    if (isInPlace(torn.set, path)) return { outcome: 'restored', opened: open(false) };
    const replacement = openReplacement(torn, noted, open);
    if (replacement === 'none' && !torn.isLast && mayBeOutdated(torn, path)) throw new OutdatedError(path);
    if (replacement === 'none' || replacement === 'refused') {
      return { outcome: 'restored', opened: restoreAndOpen(torn, noted, open) };
    }
    return { outcome: 'replaced', opened: replacement };
  };
  return withOpeningLock(path, putInOrder, 0);
}

/**
 * Opens a file that was put in the place of another. One that cannot be used is renamed: what the connection has is worth
 * more than an empty file, or half a download.
 *
 * @returns The open file, or what there was instead of one.
 */
function openReplacement<Opened>(
  torn: Torn,
  noted: NotedFile,
  open: (isReplacement: boolean) => Opened,
): Opened | 'none' | 'refused' {
  const { path, logger } = noted;
  const { file } = identifySet(path);
  if (file === undefined || file === torn.set.file) return 'none';
  // It may be one that another store has restored, and that has lost its log since.
  if (!torn.isLast && !isWhole(path)) throw new OutdatedError(path);
  setAsideForeignLog(noted, false);
  if (!unlessTakenAway(path, () => isStore(path))) return refuse(noted, file, 'it is no sound database of a store');
  // Whoever noted the file has noted as well that it may lack commits.
  const isReplacement = notedFile(path) !== file;
  noteFiles(noted, identifySet(path));
  try {
    const opened = open(isReplacement);
    logger.error('seen_store_file_moved', { path, what: 'replaced: the new file counts' });
    return opened;
  } catch (error) {
    if (error instanceof ForeignSchemaError) return refuse(noted, file, error.message);
    throw error;
  }
}

/**
 * Renames the file that cannot be used. What was found out about a file that somebody takes away says nothing about the
 * next one under its name.
 */
function refuse({ path, logger }: NotedFile, file: string, reason: string): 'refused' {
  if (identify(path) !== file) throw new MissingFileError();
  const name = `${path}.refused-${new Date(systemClock.now()).toISOString().replaceAll(/[:.]/g, '-')}`;
  if (sizeOf(logOf(path)) > 0) renameUnlessGone(logOf(path), `${name}-wal`);
  for (const left of [logOf(path), indexOf(path)]) rmSync(left, { force: true });
  if (!renameUnlessGone(path, name)) throw new MissingFileError();
  logger.error('seen_store_replacement_refused', { path, refused: name, reason });
  return 'refused';
}

function restoreAndOpen<Opened>(torn: Torn, noted: NotedFile, open: (isReplacement: boolean) => Opened): Opened {
  const { path, logger } = noted;
  const what = identify(path) === undefined ? 'deleted: it was restored' : 'its log was gone: it was written anew';
  restore(torn, noted);
  logger.error('seen_store_file_moved', { path, what });
  for (let tries = 1; ; tries += 1) {
    try {
      return open(false);
    } catch (error) {
      // No store can have opened what was restored here, and was deleted since.
      if (isWhole(path) || tries === MAX_TRIES) throw error;
      restore(torn, noted);
    }
  }
}

/** Without a note, only a store that has looked just now knows that it has the newest file. */
function mayBeOutdated({ set, verifiedAt }: Torn, path: string): boolean {
  const noted = notedFile(path);
  return noted === undefined ? monotonicMs() - verifiedAt > CURRENT_MS : noted !== set.file;
}

/** The name of a copy that is complete, and about to take the place of the file. */
const restoredName = (path: string): string => `${path}.restored`;

/** Gives the file's name to a copy that was complete when the process that had made it was killed. */
export function finishRestoration(path: string): void {
  if (!existsSync(path) && existsSync(restoredName(path))) renameSync(restoredName(path), path);
  rmSync(restoredName(path), { force: true });
}

/** Copies pages, not rows: a table or an index of another program may need functions that only that program has. */
function restore({ db, set: { log, mode } }: Torn, noted: NotedFile): void {
  const { path } = noted;
  const copy = `${path}.restoring-${process.pid}`;
  rmSync(copy, { force: true });
  try {
    writeFileSync(copy, db.serialize(), { mode, flag: 'wx' });
    syncFile(copy);
    renameSync(copy, restoredName(path));
    renameSync(restoredName(path), path);
    syncFolder(dirname(path));
    // What is left belongs to the file that is gone, and would be taken for the copy's. Whoever has it open keeps it.
    const found = identify(logOf(path));
    if (found !== undefined && found !== log) setAsideLog(noted, 'it was begun while the log of the file was gone');
    for (const left of [logOf(path), indexOf(path)]) rmSync(left, { force: true });
    noteFiles(noted, identifySet(path));
  } finally {
    rmSync(copy, { force: true });
  }
}
