import { statSync } from 'node:fs';
import { threadId } from 'node:worker_threads';
import BetterSqlite3, { type Database } from 'better-sqlite3';

import { systemClock } from '../../clock.ts';
import type { ResolvedSeenStoreOptions } from '../../options.ts';
import { isBeyondRepair } from './damage.ts';
import { isWhole, noteFiles, setAsideForeignLog } from './file-note.ts';
import { identifySet, type FileSet } from './identity.ts';
import { migrate } from './migrations.ts';
import { openError } from './open-error.ts';
import { OPEN_BUSY_TIMEOUT_MS, withOpeningLock } from './opening-lock.ts';
import { isDamage, isRecoveryDue, quarantine, removeDamageMark } from './quarantine.ts';
import { deviceOf } from './recover.ts';

/** 2 MiB: `npm run bench -- --only opening` shows what a connection costs. */
const CACHE_KIB = 2_048;

/** Pause between two looks at a database that another process is about to restore, in milliseconds. */
const PEER_PAUSE_MS = 25;

export type ConnectionOptions = Pick<ResolvedSeenStoreOptions, 'path' | 'logger' | 'clock'>;

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
  const { path, logger } = options;
  try {
    return await openWhenWhole(options);
  } catch (error) {
    const failure = openError(path, error);
    logger.error('seen_store_schema_init_failed', { path, error: failure });
    throw failure;
  }
}

async function openWhenWhole(options: ConnectionOptions): Promise<Opened> {
  const { path, logger } = options;
  for (let waitedMs = 0; ; waitedMs += PEER_PAUSE_MS) {
    const opened = withOpeningLock(path, (isAlone) => openIfWhole(options, isAlone));
    if (opened !== undefined) return opened;
    if (waitedMs === 0) logger.warn('seen_store_waits_for_peer', { path });
    if (waitedMs >= OPEN_BUSY_TIMEOUT_MS) throw new MissingFileError();
    await systemClock.sleep(PEER_PAUSE_MS);
  }
}

class MissingFileError extends Error {
  constructor() {
    super(
      'the file or its log is missing, and a process that still has it open has not restored it. Wait for that process, ' +
        'or end it',
    );
  }
}

/** Opens the file that a recovery has put in place, or has found there. */
export function follow(options: ConnectionOptions): Opened {
  return withOpeningLock(options.path, (isAlone) => {
    const opened = openIfWhole(options, isAlone);
    if (opened === undefined) throw new MissingFileError();
    return opened;
  });
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
    return opened(openConnection(options), options);
  };
  return withOpeningLock(path, open, timeoutMs);
}

function openIfWhole(options: ConnectionOptions, isAlone: boolean): Opened | undefined {
  if (!isAlone && !isWhole(options.path)) return undefined;
  setAsideForeignLog(options, isAlone);
  return opened(openOrQuarantine(options, isAlone), options);
}

/** Notes which files belong together, before anybody else may open them. */
function opened(db: Database, options: ConnectionOptions): Opened {
  const { path } = options;
  noteFiles(options);
  return { db, set: { ...identifySet(path), device: deviceOf(path), mode: statSync(path).mode & 0o777 } };
}

/** Opens the file, or a new one in its place when it is damaged. */
function openOrQuarantine(options: ConnectionOptions, isAlone: boolean): Database {
  const { path } = options;
  if (isBeyondRepair(options, isAlone)) setAside(options);
  const db = openUnlessDamaged(options);
  if (isRecoveryDue(path)) recordRecovery(db, options);
  return db;
}

/** An examination reads what is small enough. Damage may also show when the file is opened. */
function openUnlessDamaged(options: ConnectionOptions): Database {
  try {
    return openConnection(options);
  } catch (error) {
    if (!isDamage(error)) throw error;
    setAside(options);
    return openConnection(options);
  }
}

function setAside({ path, logger }: ConnectionOptions): void {
  logger.error('seen_store_set_aside', { path, set_aside: quarantine(path) });
}

/** Keeps the new, empty store from being taken for a first run. */
function recordRecovery(db: Database, { path, clock }: ConnectionOptions): void {
  db.prepare('INSERT OR IGNORE INTO seen_recovery (set_aside, at) VALUES (?, ?)').run(path, clock.now());
  removeDamageMark(path);
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
 *
 * `wal_autocheckpoint = 0`: the writer thread makes the checkpoints. It notes them, and nobody waits for them.
 */
function configure(db: Database): void {
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = FULL');
  db.pragma('temp_store = MEMORY');
  db.pragma('wal_autocheckpoint = 0');
  db.pragma(`cache_size = -${CACHE_KIB}`);
}

function requireSeenTable(db: Database): void {
  const columns = db.prepare<[], string>("SELECT name FROM pragma_table_info('seen')").pluck().all();
  if (columns.includes('id') && columns.includes('ts')) return;
  throw new Error(`its table "seen" has the columns ${columns.join(', ')} where id and ts were expected`);
}
