import { randomUUID } from 'node:crypto';
import { closeSync, fdatasyncSync, openSync, rmSync, statSync } from 'node:fs';
import type { Database } from 'better-sqlite3';

import type { BackupOptions, BackupResult } from '../../contract/backup.ts';
import { reasonOf, SeenInputError, SeenStoreError } from '../../errors.ts';
import { systemClock } from '../../clock.ts';
import { nextTurn } from '../../turns.ts';
import { openDatabase } from '../file/driver.ts';
import { syncFile } from '../../sync.ts';
import { Losses } from '../losses.ts';
import { companions, requireDestination, requireFileName, type OverwriteTerms } from '../../destination.ts';
import { publish } from '../../publish.ts';
import { openSnapshot, type SnapshotFile } from './snapshot.ts';

/** A megabyte at the usual size of a page: progress is told, and an abort noticed, this often. */
const PAGES_PER_STEP = 256;

/** The options of a backup, in the words of its caller. */
export interface BackupTerms extends BackupOptions, OverwriteTerms {}

/**
 * Copies a database as it is now, whoever writes to it meanwhile, into a file that is complete or not there: it has
 * another name until it has been checked and is on the disk.
 *
 * The copy keeps no log, so that it can be moved alone and opened from a medium that is read-only.
 *
 * @throws {SeenStoreOpenError} when there is no store at the path of the database, or it cannot be read.
 * @throws {SeenInputError} for a destination that cannot be one.
 * @throws {SeenStoreError} when the copy cannot be made. Nothing is left of it.
 * @throws The signal's reason, once it aborts. Nothing is left either.
 */
export async function copyDatabase(database: SnapshotFile, to: string, options: BackupTerms): Promise<BackupResult> {
  const snapshot = await openSnapshot(database);
  try {
    return await copySnapshot(snapshot, to, options);
  } finally {
    snapshot.close();
  }
}

async function copySnapshot(snapshot: Database, path: string, options: BackupTerms): Promise<BackupResult> {
  const destination = requireDestination(snapshot.name, requireFileName(path), { ...options, what: 'A backup' });
  return writeDatabase(destination, options, async (partial) => {
    createLike(partial, snapshot.name);
    await copyPages(snapshot, partial, options);
  });
}

/**
 * Writes a database into a file that is complete or not there: it has another name until it has been checked and is on
 * the disk.
 *
 * @param write Called with the path of the file that does not exist yet.
 * @throws As `copyDatabase` does.
 */
export async function writeDatabase(
  destination: string,
  { signal, overwrite = false }: BackupOptions,
  write: (partial: string) => Promise<void>,
): Promise<BackupResult> {
  const partial = `${destination}.partial-${randomUUID().slice(0, 8)}`;
  try {
    await write(partial);
    await letAbortIn(signal);
    finish(partial);
    await letAbortIn(signal);
    const bytes = statSync(partial).size;
    publish(partial, destination, overwrite);
    return { path: destination, bytes };
  } catch (error) {
    if (signal?.aborted === true || error instanceof SeenInputError) throw error;
    const message = `The backup to ${destination} failed: ${reasonOf(error)}. Nothing is left of it.`;
    throw new SeenStoreError('backup', message, { cause: error });
  } finally {
    for (const suffix of ['', ...companions]) rmSync(`${partial}${suffix}`, { force: true });
  }
}

/** An abort that came during a call is heard in the next turn. */
async function letAbortIn(signal: AbortSignal | undefined): Promise<void> {
  await nextTurn();
  signal?.throwIfAborted();
}

/** Creates an empty file with no more permissions than another: a backup is no less private than its database. */
function createLike(file: string, model: string): void {
  closeSync(openSync(file, 'wx', statSync(model).mode & 0o666));
}

/**
 * Copies all pages, and waits for the disk after each step. A file that is written to the disk all at once keeps the
 * commits of the store waiting meanwhile: `npm run bench -- --only backup` shows how long.
 */
async function copyPages(
  snapshot: Database,
  file: string,
  { signal, onProgress }: Pick<BackupOptions, 'signal' | 'onProgress'>,
): Promise<void> {
  const pageBytes = Number(snapshot.pragma('page_size', { simple: true }));
  const descriptor = openSync(file, 'r+');
  try {
    const { totalPages } = await snapshot.backup(file, {
      progress: ({ totalPages: total, remainingPages: remaining }) => {
        signal?.throwIfAborted();
        fdatasyncSync(descriptor);
        onProgress?.({ copied: (total - remaining) * pageBytes, total: total * pageBytes });
        return PAGES_PER_STEP;
      },
    });
    signal?.throwIfAborted();
    onProgress?.({ copied: totalPages * pageBytes, total: totalPages * pageBytes });
  } finally {
    closeSync(descriptor);
  }
}

/** Makes the copy one that needs no log, checks it, notes that it is a backup, and waits until it is on the disk. */
function finish(file: string): void {
  const db = openDatabase(file, { fileMustExist: true });
  try {
    db.pragma('journal_mode = DELETE');
    const problem = db.pragma('quick_check(1)', { simple: true });
    if (problem !== 'ok') throw new Error(`the copy is damaged, and so is the database, probably: ${String(problem)}`);
    if (isOfThisVersion(db)) new Losses(db).noteBackup(systemClock.now());
  } finally {
    db.close();
  }
  syncFile(file);
}

/** The database of an older version has no place for the note. */
function isOfThisVersion(db: Database): boolean {
  return db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'seen_loss'").get() !== undefined;
}
