import { mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { threadId } from 'node:worker_threads';
import BetterSqlite3, { type Database } from 'better-sqlite3';

import type { ResolvedSeenStoreOptions } from '../options.ts';
import { isDamage, isMarkedDamaged, isRecoveryDue, recoveryDone, setAside } from './damage.ts';
import { migrate } from './migrations.ts';
import { openError } from './open-error.ts';
import { OPEN_BUSY_TIMEOUT_MS, openAlone } from './opening-lock.ts';

/** 2 MiB; more did not make a prefilter faster. */
const CACHE_KIB = 2_048;

/** Up to this size a start looks through the whole file, which takes less than a tenth of a second. */
const CHECKED_BYTES = 32 * 1024 * 1024;

export type ConnectionOptions = Pick<ResolvedSeenStoreOptions, 'path' | 'logger' | 'clock'>;

/**
 * Opens a connection of this thread's own, ready for use. A damaged file is set aside, never deleted.
 *
 * @throws {SeenStoreOpenError} saying what is wrong with the file and what to do.
 */
export function connect(options: ConnectionOptions): Database {
  const { path, logger } = options;
  try {
    makeFolder(dirname(path));
    return openAlone(path, () => openSound(options));
  } catch (error) {
    const failure = openError(path, error);
    logger.error('seen_store_schema_init_failed', { path, error: failure });
    throw failure;
  }
}

/** Opens the file, or a new one in its place when it is damaged. */
function openSound(options: ConnectionOptions): Database {
  const { path, logger } = options;
  if (isDamaged(options)) logger.error('seen_store_set_aside', { path, set_aside: setAside(path) });
  const db = openConnection(options);
  if (isRecoveryDue(path)) recordRecovery(db, options);
  return db;
}

/** One folder after the other: Node's own recursion never ends where the system forbids to make any, below /proc. */
function makeFolder(folder: string): void {
  if (isFolder(folder)) return;
  makeFolder(dirname(folder));
  try {
    mkdirSync(folder);
  } catch (error) {
    if (!isFolder(folder)) throw error;
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

/** So that the new, empty store is not taken for a first run. */
function recordRecovery(db: Database, { path, clock }: ConnectionOptions): void {
  db.prepare('INSERT OR IGNORE INTO seen_recovery (set_aside, at) VALUES (?, ?)').run(path, clock.now());
  recoveryDone(path);
}

function isDamaged(options: ConnectionOptions): boolean {
  const { path } = options;
  if (isMarkedDamaged(path)) return true;
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  if (size === 0) return false;
  try {
    const db = openConnection(options);
    try {
      return size <= CHECKED_BYTES && db.pragma('quick_check(1)', { simple: true }) !== 'ok';
    } finally {
      db.close();
    }
  } catch (error) {
    if (isDamage(error)) return true;
    throw error;
  }
}

/** Without a look at the whole file: for a running store, which must not block. */
export function openConnection({ path, logger, clock }: ConnectionOptions): Database {
  const db = new BetterSqlite3(path, { timeout: OPEN_BUSY_TIMEOUT_MS });
  try {
    configure(db);
    migrate(db, clock.now());
    requireSeenTable(db);
    db.pragma('busy_timeout = 0');
    logger.debug('seen_store_thread_connection_created', { thread_id: threadId, path });
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/**
 * `synchronous = FULL`: a mark that a power cut undoes is a post made twice.
 *
 * `temp_store = MEMORY`: a statement that changes many rows keeps a copy of the pages, to undo itself alone. Beyond
 * 64 KiB that would be a temporary file, which took a sixth of the time of a claim and a commit.
 */
function configure(db: Database): void {
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = FULL');
  db.pragma('temp_store = MEMORY');
  db.pragma(`cache_size = -${CACHE_KIB}`);
}

function requireSeenTable(db: Database): void {
  const columns = db.prepare<[], string>("SELECT name FROM pragma_table_info('seen')").pluck().all();
  if (columns.includes('id') && columns.includes('ts')) return;
  throw new Error(`its table "seen" has the columns ${columns.join(', ')} where id and ts were expected`);
}
