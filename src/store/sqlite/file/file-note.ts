import { existsSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';

import type { SeenLogger } from '../../logger.ts';
import { machineName } from '../../owner.ts';
import { identify, identifySet, indexOf, isInPlace, logOf, modeOf, type FileIdentities } from './identity.ts';
import { tryWithOpeningLock } from './opening-lock.ts';

/**
 * The note beside a database about the files that belong together.
 *
 * SQLite takes whatever lies under the log's name for the log of the file. After a kill, a backup that is put in the
 * place of the file would be overwritten with what the log of the old file holds.
 */
interface FileNote {
  /** Times of files are only compared within one boot: a power cut may take back what the disk had not yet kept. */
  readonly machine: string;
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
    machine: machineName(),
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
 * Renames the log when it belongs to another file than the one that the path leads to now, so that nothing of either is
 * lost. The caller holds the opening lock.
 *
 * @param isAlone True when no store has the file open: then nobody but the one who put it there can have changed it.
 */
export function setAsideForeignLog(noted: NotedFile, isAlone: boolean): void {
  if (isForeignLog(noted.path, isAlone)) setAsideLog(noted, 'it belongs to another file');
}

export function setAsideLog({ path, logger }: NotedFile, reason: string): void {
  const log = logOf(path);
  const stat = statSync(log, { throwIfNoEntry: false });
  if (stat !== undefined && stat.size > 0) {
    const name = `${log}.set-aside-${stat.mtime.toISOString().replaceAll(/[:.]/g, '-')}`;
    renameSync(log, name);
    logger.warn('seen_store_log_set_aside', { path, set_aside: name, reason });
  }
  // An empty log says nothing, and the shared memory only where to find what in the log.
  for (const left of [log, indexOf(path)]) rmSync(left, { force: true });
}

function isForeignLog(path: string, isAlone: boolean): boolean {
  const note = readNote(path);
  const log = identify(logOf(path));
  if (log === undefined) return false;
  const file = identify(path);
  if (file === undefined) return true;
  if (note === undefined || note.log !== log) return false;
  if (note.file !== file) return true;
  return isAlone && note.machine === machineName() && note.modified !== null && wasModified(path, note.modified);
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
  const { machine, file, log, modified } = note as Partial<Record<keyof FileNote, unknown>>;
  return typeof machine === 'string' && typeof file === 'string' && isTextOrNull(log) && isTextOrNull(modified);
}

function isTextOrNull(value: unknown): boolean {
  return value === null || typeof value === 'string';
}
