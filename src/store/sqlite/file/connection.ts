import { statSync } from 'node:fs';
import { threadId } from 'node:worker_threads';
import BetterSqlite3, { type Database } from 'better-sqlite3';

import type { SeenLogger } from '../../logger.ts';
import type { ResolvedSeenStoreOptions } from '../../options.ts';
import { identify } from './identity.ts';
import { migrate } from './migrations.ts';
import { openStep } from './open-error.ts';
import { OPEN_BUSY_TIMEOUT_MS, withOpeningLock } from './opening-lock.ts';
import {
  isDamage,
  isMarkedDamaged,
  isQuarantineInterrupted,
  isRecoveryDue,
  quarantine,
  removeDamageMark,
} from './quarantine.ts';

/** 2 MiB: `npm run bench -- --only opening` shows what a connection costs. */
const CACHE_KIB = 2_048;

/** Up to this size a start checks the whole file; a larger one would delay it too much. */
const CHECKED_BYTES = 32 * 1024 * 1024;

export type ConnectionOptions = Pick<ResolvedSeenStoreOptions, 'path' | 'logger' | 'clock'>;

export interface Opened {
  readonly db: Database;
  /** The file that is open: see `identify`. */
  readonly file: string | undefined;
}

/**
 * Opens a connection of this thread's own, ready for use. A damaged file is set aside, never deleted.
 *
 * @throws {SeenStoreOpenError} saying what is wrong with the file and what to do.
 */
export function connect(options: ConnectionOptions): Opened {
  const { path } = options;
  const open = (): Opened => ({ db: openOrQuarantine(options), file: identify(path) });
  return openStep(options, () => withOpeningLock(path, open));
}

/** Opens the file, or a new one in its place when it is damaged. */
function openOrQuarantine(options: ConnectionOptions): Database {
  const { path, logger } = options;
  if (isDamaged(options)) logger.error('seen_store_set_aside', { path, set_aside: quarantine(path) });
  const db = openConnection(options);
  if (isRecoveryDue(path)) recordRecovery(db, options);
  return db;
}

/** Keeps the new, empty store from being taken for a first run. */
function recordRecovery(db: Database, { path, clock }: ConnectionOptions): void {
  db.prepare('INSERT OR IGNORE INTO seen_recovery (set_aside, at) VALUES (?, ?)').run(path, clock.now());
  removeDamageMark(path);
}

function isDamaged(options: ConnectionOptions): boolean {
  const { path } = options;
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  if (size === 0) return false;
  if (isQuarantineInterrupted(path)) return true;
  try {
    const db = openConnection(options);
    try {
      const check = integrityCheckFor(path, size);
      return check !== undefined && db.pragma(check, { simple: true }) !== 'ok';
    } finally {
      db.close();
    }
  } catch (error) {
    if (isDamage(error)) return true;
    throw error;
  }
}

/** A file that was found damaged is checked as a whole, however long that takes: it may be a copy that was put back. */
function integrityCheckFor(path: string, size: number): string | undefined {
  if (isMarkedDamaged(path)) return 'integrity_check(1)';
  return size <= CHECKED_BYTES ? 'quick_check(1)' : undefined;
}

/** Opens without checking the whole file: for a running store, which must not block. */
export function reconnect(options: ConnectionOptions): Opened {
  const { path } = options;
  return withOpeningLock(path, () => ({ db: openConnection(options), file: identify(path) }));
}

function openConnection({ path, logger, clock }: ConnectionOptions): Database {
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
 * 64 KiB that would be a temporary file; `npm run bench -- --only claim-commit` shows what it would cost.
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

/** Brings the write-ahead log into the file before a connection closes. A reader of another process may prevent it. */
export function truncateLog(
  db: Database,
  { path, logger }: { readonly path: string; readonly logger: SeenLogger },
): void {
  try {
    db.pragma('wal_checkpoint(TRUNCATE)');
  } catch (error) {
    logger.warn('seen_store_checkpoint_failed', { path, error });
  }
}
