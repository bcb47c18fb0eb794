import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { threadId } from 'node:worker_threads';
import BetterSqlite3, { type Database } from 'better-sqlite3';

import { SeenStoreOpenError } from '../errors.ts';
import type { ResolvedSeenStoreOptions } from '../options.ts';
import { migrate } from './migrations.ts';

/** Opening and migrating wait, at most this long, for a process that does the same. Only the start may block. */
const OPEN_BUSY_TIMEOUT_MS = 5_000;

/** 2 MiB; more did not make a prefilter faster. */
const CACHE_KIB = 2_048;

/**
 * Opens this thread's own connection, ready for use.
 *
 * @throws {SeenStoreOpenError} saying what is wrong with the file and what to do.
 */
export function connect(options: ResolvedSeenStoreOptions): Database {
  const { path, logger, clock } = options;
  let db: Database | undefined;
  try {
    mkdirSync(dirname(path), { recursive: true });
    db = new BetterSqlite3(path, { timeout: OPEN_BUSY_TIMEOUT_MS });
    const walMode = configure(db);
    migrate(db, clock.now());
    requireSeenTable(db);
    db.pragma('busy_timeout = 0');
    logger.debug('seen_store_thread_connection_created', { thread_id: threadId, path });
    logger.info('seen_store_initialized', { path, wal_mode: walMode });
    return db;
  } catch (error) {
    db?.close();
    const failure = new SeenStoreOpenError(openProblem(path, error), path, { cause: error });
    logger.error('seen_store_schema_init_failed', { path, error: failure });
    throw failure;
  }
}

/**
 * `synchronous = FULL`: a mark that a power cut undoes is a post made twice.
 *
 * @returns The journal mode that the file system allowed, `wal` unless it is a remote one.
 */
function configure(db: Database): unknown {
  const walMode = db.pragma('journal_mode = WAL', { simple: true });
  db.pragma('synchronous = FULL');
  db.pragma(`cache_size = -${CACHE_KIB}`);
  return walMode;
}

function requireSeenTable(db: Database): void {
  const columns = db.prepare<[], string>("SELECT name FROM pragma_table_info('seen')").pluck().all();
  if (columns.includes('id') && columns.includes('ts')) return;
  throw new Error(`its table "seen" has the columns ${columns.join(', ')} where id and ts were expected`);
}

const remedies: Readonly<Record<string, string>> = {
  SQLITE_NOTADB: 'it is not a SQLite database. Set SEEN_DB_PATH to another file, or move this one away',
  SQLITE_CORRUPT: 'it is damaged. Move it away, or restore a copy',
  SQLITE_CANTOPEN:
    'it cannot be opened. Check that the folder is writable by this user and that it is no folder itself',
  SQLITE_READONLY: 'it is read-only. Make the file and its folder writable by this user',
  SQLITE_FULL: 'the disk is full. Free some space',
  SQLITE_IOERR: 'the disk failed. Check its space, its quota and its health',
  SQLITE_BUSY: `another process kept it locked for ${OPEN_BUSY_TIMEOUT_MS / 1000} seconds. End that process, or try again`,
  EACCES: 'its folder cannot be created by this user. Create it, or set SEEN_DB_PATH to a writable place',
  EROFS: 'its file system is read-only. Set SEEN_DB_PATH to a writable place',
  ENOTDIR: 'a part of its path is a file, not a folder. Set SEEN_DB_PATH to another place',
  EEXIST: 'a part of its path is a file, not a folder. Set SEEN_DB_PATH to another place',
  ENOSPC: 'the disk is full. Free some space',
};

function openProblem(path: string, error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const known = Object.keys(remedies).find((prefix) => code === prefix || code.startsWith(`${prefix}_`));
  const remedy = known === undefined ? String(error instanceof Error ? error.message : error) : remedies[known];
  return `The seen store ${path} could not be opened: ${remedy}. Nothing in it was changed.`;
}
