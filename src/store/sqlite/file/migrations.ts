import type { Database } from 'better-sqlite3';

import { isMadeBy, nameTaken, requireFreeNames, requireOwnTables } from './own-tables.ts';

/**
 * Numbered and append-only: number N is entry N - 1, and an entry that has been released never changes.
 *
 * The first one leaves alone the table `seen` of the earlier Python bot, which goes on using it.
 */
const migrations: readonly string[] = [
  `CREATE TABLE IF NOT EXISTS seen (
     id TEXT PRIMARY KEY NOT NULL,
     ts INTEGER NOT NULL
   ) WITHOUT ROWID`,
  `CREATE TABLE seen_cycle (
     id INTEGER PRIMARY KEY,
     feed TEXT NOT NULL,
     started_at INTEGER NOT NULL,
     finished_at INTEGER NOT NULL,
     total INTEGER NOT NULL,
     skipped INTEGER NOT NULL,
     enriched INTEGER NOT NULL,
     posted INTEGER NOT NULL,
     marked INTEGER NOT NULL,
     failed INTEGER NOT NULL,
     held INTEGER NOT NULL
   ) STRICT;
   CREATE INDEX seen_cycle_finished_at ON seen_cycle (finished_at)`,
  'CREATE TABLE seen_recovery (set_aside TEXT PRIMARY KEY NOT NULL, at INTEGER NOT NULL) STRICT',
  `CREATE TABLE seen_token (value INTEGER NOT NULL) STRICT;
   INSERT INTO seen_token (value) VALUES (0);
   CREATE TABLE seen_item (
     id TEXT PRIMARY KEY NOT NULL,
     feed TEXT NOT NULL,
     state TEXT NOT NULL CHECK (state IN ('claimed', 'enriched', 'posting', 'posted', 'failed')),
     token INTEGER NOT NULL,
     owner TEXT,
     lease_until INTEGER,
     attempts INTEGER NOT NULL,
     begun INTEGER NOT NULL DEFAULT 0,
     retry_at INTEGER,
     last_error TEXT,
     payload TEXT,
     enrichment TEXT,
     created_at INTEGER NOT NULL,
     updated_at INTEGER NOT NULL
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX seen_item_open ON seen_item (feed, retry_at) WHERE state IN ('claimed', 'enriched', 'posting');
   CREATE INDEX seen_item_posted ON seen_item (updated_at) WHERE state = 'posted';
   CREATE INDEX seen_item_failed ON seen_item (updated_at) WHERE state = 'failed';
   CREATE TABLE seen_post (
     item_id TEXT NOT NULL,
     channel_id TEXT NOT NULL,
     state TEXT NOT NULL CHECK (state IN ('open', 'posted', 'failed')),
     intent_at INTEGER NOT NULL,
     message_id TEXT,
     error TEXT,
     PRIMARY KEY (item_id, channel_id)
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE seen_hold (
     id INTEGER PRIMARY KEY,
     feed TEXT NOT NULL,
     created_at INTEGER NOT NULL,
     ids TEXT NOT NULL,
     decision TEXT CHECK (decision IN ('post', 'mark')),
     decided_by TEXT,
     asked INTEGER NOT NULL DEFAULT 0,
     finished INTEGER NOT NULL DEFAULT 0
   ) STRICT;
   CREATE UNIQUE INDEX seen_hold_open ON seen_hold (feed) WHERE finished = 0`,
];

const migrationTable =
  'CREATE TABLE IF NOT EXISTS seen_migration (version INTEGER PRIMARY KEY, applied_at INTEGER NOT NULL) STRICT';

/** All statements as SQLite keeps them. */
const ownSql = [migrationTable, ...migrations].join(';\n').replaceAll('IF NOT EXISTS ', '');

/** Tells whether the schema of the file is ours alone: no other program has made or changed anything in it. */
export function isOwnSchema(db: Database): boolean {
  return isMadeBy(db, ownSql);
}

/** Tells whether the file lacks a migration, as a new one does. */
export function isMigrationDue(db: Database): boolean {
  return readVersion(db) < migrations.length;
}

/** Brings the schema up to date, once, however many threads and processes open the file at the same time. */
export function migrate(db: Database, now: number): void {
  if (!isMigrationDue(db)) return;
  db.transaction(() => applyPending(db, now)).immediate();
}

function applyPending(db: Database, now: number): void {
  db.exec(migrationTable);
  const record = db.prepare('INSERT INTO seen_migration (version, applied_at) VALUES (?, ?)');
  const applied = db.prepare<[], number>('SELECT coalesce(max(version), 0) FROM seen_migration').pluck().get() ?? 0;
  for (let version = applied + 1; version <= migrations.length; version += 1) {
    db.exec(migrations[version - 1] ?? '');
    record.run(version, Math.floor(now / 1000));
  }
}

/**
 * Makes sure that what has our names in the file is ours, before anything in it is changed.
 *
 * @throws {ForeignSchemaError} naming what is another program's, or missing.
 */
export function requireOwnNames(db: Database): void {
  if (isOwnSchema(db)) return;
  // One transaction: another process may be about to migrate.
  db.transaction(() => {
    const version = readVersion(db);
    requireOwnTables(db, migrations.slice(0, version));
    requireFreeNames(db, migrations.slice(0, version), migrations.slice(version));
  })();
}

/**
 * The number of migrations that were made in the file. A newer program's file has a higher one; its additions are tables
 * of their own and do no harm here.
 *
 * @throws {ForeignSchemaError} when another program has a table of that name.
 */
export function readVersion(db: Database): number {
  const columns = db.prepare<[], string>("SELECT lower(name) FROM pragma_table_info('seen_migration')").pluck().all();
  if (columns.length === 0) return 0;
  if (!columns.includes('version') || !columns.includes('applied_at')) throw nameTaken('table', 'seen_migration');
  const version = db.prepare('SELECT max(version) FROM seen_migration').pluck().get();
  if (typeof version !== 'number' || version < 1) throw nameTaken('table', 'seen_migration');
  return version;
}
