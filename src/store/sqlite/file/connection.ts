import { dirname } from 'node:path';
import { threadId } from 'node:worker_threads';
import type { Database } from 'better-sqlite3';

import { systemClock } from '../../clock.ts';
import type { SqliteOptions } from '../../options.ts';
import { configure } from './configure.ts';
import { isBeyondRepair } from './damage.ts';
import { openDatabase } from './driver.ts';
import { isReplaced, isWhole, notedFile, noteFiles, setAsideForeignLog } from './file-note.ts';
import { identify, identifySet, modeOf, type FileSet } from './identity.ts';
import { noteLostCommits } from './lost-commits.ts';
import { migrate, requireOwnNames } from './migrate.ts';
import { mayBeRestored, MissingFileError, unlessTakenAway } from './missing-file.ts';
import { openFailure } from './open-error.ts';
import { createFile, makeFolder, OPEN_BUSY_TIMEOUT_MS, withOpeningLock } from './opening-lock.ts';
import { deviceOf } from './place.ts';
import { isDamage, isRecoveryDue, quarantine, removeDamageMark } from './quarantine.ts';
import { finishRestoration, monotonicMs } from './recover.ts';
import { requireSeenTable } from './seen-table.ts';

/** Pause between two looks at a database that another process is about to restore, in milliseconds. */
export const PEER_PAUSE_MS = 25;

/** Wait that is worth a line, in milliseconds: shards of a bot that start together wait for each other now and then. */
const LONG_WAIT_MS = 500;

/**
 * A file that was noted and is missing may still be open in a store whose lock file was deleted as well. It restores the
 * file within a second.
 */
const MISSED_MS = 2_000;

export interface ConnectionOptions
  extends Pick<SqliteOptions, 'path' | 'logger' | 'clock'>, Partial<Pick<SqliteOptions, 'pathSetting'>> {
  /** Tells whether the file took the place of another one. Default: the note beside it tells. */
  readonly isReplacement?: boolean;
}

export interface Opened {
  readonly db: Database;
  readonly set: FileSet;
}

/**
 * Opens a connection of this thread's own, ready for use. A damaged file is set aside, never deleted.
 *
 * While a file or its log is missing that another store still has open, it waits until that one has restored it: a new
 * file in its place would know nothing of what was acknowledged.
 *
 * @throws {SeenStoreOpenError} saying what is wrong with the file and what to do.
 */
export async function connect(options: ConnectionOptions): Promise<Opened> {
  try {
    return await openWhenWhole(options);
  } catch (error) {
    throw openFailure(options, error);
  }
}

async function openWhenWhole(options: ConnectionOptions): Promise<Opened> {
  const { path, logger } = options;
  makeFolder(dirname(path));
  const startedAt = monotonicMs();
  for (let hasWarned = false; ;) {
    const waitedMs = monotonicMs() - startedAt;
    const opened = tryToOpen(options, waitedMs);
    if (opened !== undefined) return opened;
    if (!hasWarned && waitedMs >= LONG_WAIT_MS) logger.warn('seen_store_waits_for_peer', { path });
    hasWarned ||= waitedMs >= LONG_WAIT_MS;
    await systemClock.sleep(PEER_PAUSE_MS);
  }
}

/** @returns Undefined while another process or thread opens the file, or is to restore it. */
function tryToOpen(options: ConnectionOptions, waitedMs: number): Opened | undefined {
  const { path } = options;
  const isOver = waitedMs >= OPEN_BUSY_TIMEOUT_MS;
  const open = (isAlone: boolean): Opened | undefined => {
    const isMissed = identify(path) === undefined && notedFile(path) !== undefined;
    return isAlone && isMissed && waitedMs < MISSED_MS ? undefined : openIfWhole(options, isAlone);
  };
  try {
    const opened = withOpeningLock(path, open, 0);
    if (opened === undefined && isOver) throw new MissingFileError();
    return opened;
  } catch (error) {
    if (mayBeRestored(error) && !isOver) return undefined;
    throw error;
  }
}

/** Opens the file that a recovery has put in place, or has found there. The caller holds the opening lock. */
export function openInPlace(options: ConnectionOptions, isReplacement: boolean): Opened {
  const opened = openIfWhole({ ...options, isReplacement }, false);
  if (opened === undefined) throw new MissingFileError();
  return opened;
}

/**
 * Opens without checking the whole file: for a running store, which must not block.
 *
 * @param timeoutMs Longest wait for others that open.
 */
export function reconnect(options: ConnectionOptions, timeoutMs = OPEN_BUSY_TIMEOUT_MS): Opened {
  const { path } = options;
  const open = (): Opened => {
    if (!isWhole(path)) throw new MissingFileError();
    return unlessTakenAway(path, () => {
      setAsideForeignLog(options, false);
      return openConnection(options);
    });
  };
  return withOpeningLock(path, open, timeoutMs);
}

function openIfWhole(options: ConnectionOptions, isAlone: boolean): Opened | undefined {
  if (!isAlone && !isWhole(options.path)) return undefined;
  unlessTakenAway(options.path, () => setAsideForeignLog(options, isAlone));
  if (isAlone) createIfMissing(options.path);
  return openOrQuarantine(options, isAlone);
}

/** SQLite must not create the file: in the place of one that somebody deletes just now, it would empty that one's log. */
function createIfMissing(path: string): void {
  finishRestoration(path);
  createFile(path);
}

/** Opens the file, or a new one in its place when it is damaged. */
function openOrQuarantine(options: ConnectionOptions, isAlone: boolean): Opened {
  const { path } = options;
  if (unlessTakenAway(path, () => isBeyondRepair(options, isAlone))) setAside(options);
  const opened = openUnlessDamaged(options);
  if (isRecoveryDue(path)) recordRecovery(opened.db, options);
  return opened;
}

/** An examination reads what is small enough. Damage may also show when the file is opened. */
function openUnlessDamaged(options: ConnectionOptions): Opened {
  const open = (): Opened => unlessTakenAway(options.path, () => openConnection(options));
  try {
    return open();
  } catch (error) {
    if (!isDamage(error)) throw error;
    setAside(options);
    return open();
  }
}

function setAside({ path, logger }: ConnectionOptions): void {
  logger.error('seen_store_set_aside', { path, set_aside: quarantine(path) });
  createIfMissing(path);
}

/** Keeps the new, empty store from being taken for a first run. */
function recordRecovery(db: Database, { path, clock }: ConnectionOptions): void {
  db.prepare('INSERT OR IGNORE INTO seen_recovery (set_aside, at) VALUES (?, ?)').run(path, clock.now());
  removeDamageMark(path);
}

function openConnection(options: ConnectionOptions): Opened {
  const { path, logger, clock } = options;
  const file = identify(path);
  if (file === undefined) throw new MissingFileError();
  const db = openDatabase(path, { timeout: OPEN_BUSY_TIMEOUT_MS, fileMustExist: true });
  try {
    requireOwnNames(db);
    requireSeenTable(db, clock.now());
    configure(db);
    migrate(db, clock.now());
    noteLostCommits(db, options, options.isReplacement ?? isReplaced(path), clock.now());
    db.pragma('busy_timeout = 0');
    const set = setOf(db, path, file);
    noteFiles(options, set);
    logger.debug('seen_store_thread_connection_created', { thread_id: threadId, path });
    return { db, set };
  } catch (error) {
    closeWithoutCheckpoint(db, path);
    throw error;
  }
}

/** The last connection that closes would bring the log into a file that was just refused, were it not for a reader. */
function closeWithoutCheckpoint(db: Database, path: string): void {
  const reader = readerOf(path);
  db.close();
  reader?.close();
}

/** Undefined for a file that cannot be read: it has no checkpoint either. */
function readerOf(path: string): Database | undefined {
  let reader: Database | undefined;
  try {
    reader = openDatabase(path, { readonly: true });
    reader.prepare('SELECT count(*) FROM sqlite_schema').get();
    return reader;
  } catch {
    reader?.close();
    return undefined;
  }
}

/**
 * The files that the connection has open.
 *
 * @param file The file that it opened.
 * @throws {MissingFileError} when somebody took one of them away meanwhile.
 */
function setOf(db: Database, path: string, file: string): FileSet {
  const set = { ...identifySet(path), device: deviceOf(path), mode: modeOf(path) };
  const isWal = db.pragma('journal_mode', { simple: true }) === 'wal';
  const isComplete = set.file === file && (!isWal || (set.log !== undefined && set.index !== undefined));
  if (!isComplete) throw new MissingFileError();
  return set;
}
