import { existsSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import type { Database } from 'better-sqlite3';

import type { SeenLogger } from '../../logger.ts';
import { bootName } from '../../owner.ts';
import { openDatabase } from './driver.ts';
import { identify, identifySet, indexOf, isInPlace, logOf, modeOf, type FileIdentities } from './identity.ts';
import { renameUnlessGone } from './missing-file.ts';
import { isBusy, tryWithOpeningLock } from './opening-lock.ts';

/**
 * The note beside a database about the files that belong together.
 *
 * SQLite takes whatever lies under the log's name for the log of the file. After a kill, a backup that is put in the
 * place of the file would be overwritten with what the log of the old file holds.
 */
interface FileNote {
  /** Times of files are only compared within one boot: a power cut may take back what the disk had not yet kept. */
  readonly boot: string;
  readonly file: string;
  /** Null in a journal mode without a log. */
  readonly log: string | null;
  /** The file's time of modification, in nanoseconds; null while a checkpoint writes into the file. */
  readonly modified: string | null;
}

const noteOf = (path: string): string => `${path}.files`;

export interface NotedFile {
  readonly path: string;
  readonly logger: SeenLogger;
}

/**
 * Notes which files belong together. The caller holds the opening lock, and has just seen them in place. A note that
 * cannot be written is removed: an old one would be believed.
 */
export function noteFiles({ path, logger }: NotedFile, { file, log }: FileIdentities, isCheckpointing = false): void {
  const modified = modifiedOf(path);
  if (file === undefined || modified === undefined) return;
  const note: FileNote = {
    boot: bootName(),
    file,
    log: log ?? null,
    modified: isCheckpointing ? null : modified,
  };
  try {
    writeFileSync(`${noteOf(path)}.new`, JSON.stringify(note), { mode: modeOf(path) & 0o666 });
    renameSync(`${noteOf(path)}.new`, noteOf(path));
  } catch (error) {
    logger.warn('seen_store_note_failed', { path: noteOf(path), error });
    rmSync(noteOf(path), { force: true });
  }
}

/**
 * Notes the files again after another program has written into the file: a checkpoint of an earlier bot's, for example.
 *
 * @param set The files that are open, which are noted only while they are in place.
 */
export function refreshNote(noted: NotedFile, set: FileIdentities): void {
  const { path } = noted;
  const note = readNote(path);
  const isStale = note === undefined || (note.modified !== null && note.modified !== modifiedOf(path));
  if (!isStale) return;
  tryWithOpeningLock(path, () => {
    if (isInPlace(set, path)) noteFiles(noted, set);
  });
}

/**
 * Closes a connection that may be the last. SQLite then brings the log into the file and deletes it, and a later log must
 * not be taken for it: its place on the disk may be the same.
 */
export function closeNoted(db: Database, set: FileIdentities, noted: NotedFile): void {
  const { path } = noted;
  const close = (): void => {
    if (!isInPlace(set, path)) return void db.close();
    noteFiles(noted, set, true);
    db.close();
    noteFiles(noted, identifySet(path));
  };
  if (isInPlace(set, path)) tryWithOpeningLock(path, close);
  if (db.open) db.close();
}

/**
 * Tells whether nothing of the database is missing, as far as is known. Where something is, a store that still has it
 * open is about to restore it.
 */
export function isWhole(path: string): boolean {
  const { file, log } = identifySet(path);
  if (file === undefined) return false;
  const note = readNote(path);
  if (note === undefined) return log !== undefined;
  return note.file !== file || note.log === (log ?? null);
}

/** The file that was noted last: the newest, which a process that slept for long may not have open. */
export function notedFile(path: string): string | undefined {
  return readNote(path)?.file;
}

/**
 * Tells whether the file that was noted was replaced: by an older copy, perhaps. One that was merely moved
 * with its folder, or whose volume was mounted anew, was not written into.
 */
export function isReplaced(path: string): boolean {
  const note = readNote(path);
  const file = identify(path);
  if (note === undefined || file === undefined) return false;
  const isWritten = note.modified === null || wasModified(path, note.modified);
  if (inodeOf(note.file) !== inodeOf(file)) return isWritten;
  return isWritten && note.modified !== null && note.boot !== '' && note.boot === bootName();
}

/** The device of a volume may be another one each time that it is mounted. */
function inodeOf(identity: string): string {
  return identity.slice(identity.indexOf(':'));
}

/**
 * Renames the log when it belongs to another file than the one that the path leads to now, so that nothing of either is
 * lost. The caller holds the opening lock.
 *
 * @param isAlone True when no store has the file open.
 */
export function setAsideForeignLog(noted: NotedFile, isAlone: boolean): void {
  if (isOfAnotherFile(noted.path)) setAsideLog(noted, 'it belongs to another file');
  else if (isAlone && isOfOtherContent(noted.path)) setAsideUnlessOpen(noted);
}

/** Renames the log, and deletes the shared memory, which only tells where to find something in the log. */
export function setAsideLog({ path, logger }: NotedFile, reason: string): void {
  const name = renameLog(path);
  if (name !== undefined) logger.warn('seen_store_log_set_aside', { path, set_aside: name, reason });
  for (const left of [logOf(path), indexOf(path)]) rmSync(left, { force: true });
}

/** @returns The new name; undefined for a log that is empty, or missing. */
function renameLog(path: string): string | undefined {
  const log = logOf(path);
  const stat = statSync(log, { throwIfNoEntry: false });
  if (stat === undefined || stat.size === 0) return undefined;
  const name = `${log}.set-aside-${stat.mtime.toISOString().replaceAll(/[:.]/g, '-')}`;
  return renameUnlessGone(log, name) ? name : undefined;
}

/**
 * Sets the log aside unless a program that shows no presence has the file open, an earlier bot for example: the log is its
 * own then, and it has written into the file. The log is away while that is found out, because whoever is alone with a
 * log brings it into the file.
 */
function setAsideUnlessOpen({ path, logger }: NotedFile): void {
  const name = renameLog(path);
  if (name === undefined) return;
  if (isOpenElsewhere(path)) return renameSync(name, logOf(path));
  logger.warn('seen_store_log_set_aside', {
    path,
    set_aside: name,
    reason: 'the file was replaced since it was written',
  });
  rmSync(indexOf(path), { force: true });
}

/** Whoever has a database open shares a lock on its file. */
function isOpenElsewhere(path: string): boolean {
  const db = openDatabase(path, { fileMustExist: true, timeout: 0 });
  try {
    db.pragma('locking_mode = EXCLUSIVE');
    db.prepare('SELECT count(*) FROM sqlite_schema').get();
    return false;
  } catch (error) {
    return isBusy(error);
  } finally {
    db.close();
  }
}

/** A log whose file is gone, or was noted with another file than the one that is there now. */
function isOfAnotherFile(path: string): boolean {
  const log = identify(logOf(path));
  const file = identify(path);
  if (log === undefined) return false;
  if (file === undefined) return true;
  const note = readNote(path);
  return note?.log === log && note.file !== file;
}

/** A log whose file was written into by somebody who did not note it. */
function isOfOtherContent(path: string): boolean {
  const note = readNote(path);
  if (note === undefined || note.log !== identify(logOf(path)) || note.modified === null) return false;
  return note.boot !== '' && note.boot === bootName() && wasModified(path, note.modified);
}

/** Some file systems keep whole seconds only, once they no longer remember. */
function wasModified(path: string, noted: string): boolean {
  const now = BigInt(modifiedOf(path) ?? noted);
  const before = BigInt(noted);
  const second = 1_000_000_000n;
  return now % second === 0n ? now / second !== before / second : now !== before;
}

/** The file's time of modification, in nanoseconds. */
export function modifiedOf(path: string): string | undefined {
  return statSync(path, { bigint: true, throwIfNoEntry: false })?.mtimeNs.toString();
}

/** A note that cannot be read, or was written halfway, says nothing. */
function readNote(path: string): FileNote | undefined {
  if (!existsSync(noteOf(path))) return undefined;
  try {
    const note: unknown = JSON.parse(readFileSync(noteOf(path), 'utf8'));
    return isNote(note) ? note : undefined;
  } catch {
    return undefined;
  }
}

function isNote(note: unknown): note is FileNote {
  if (typeof note !== 'object' || note === null) return false;
  const { boot, file, log, modified } = note as Partial<Record<keyof FileNote, unknown>>;
  return typeof boot === 'string' && typeof file === 'string' && isTextOrNull(log) && isTextOrNull(modified);
}

function isTextOrNull(value: unknown): boolean {
  return value === null || typeof value === 'string';
}
