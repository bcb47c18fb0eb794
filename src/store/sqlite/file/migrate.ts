import type { Database } from 'better-sqlite3';

import { migrations, OWN_DIGEST } from './migrations.ts';
import { nameTaken, requireFreeNames, requireOwnTables, schemaDigest } from './own-tables.ts';

const migrationTable =
  'CREATE TABLE IF NOT EXISTS seen_migration (version INTEGER PRIMARY KEY, applied_at INTEGER NOT NULL) STRICT';

/**
 * Tells whether the schema of the file is ours alone: no other program has made or changed anything in it. That is by far
 * the most common case, in which an open need not look closer.
 */
export function isOwnSchema(db: Database): boolean {
  return schemaDigest(db) === OWN_DIGEST;
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

/** @throws For a file of another version, which is only to be read. */
export function requireThisVersion(db: Database): void {
  const version = readVersion(db);
  if (version > migrations.length) {
    throw new Error('a newer version of this package has made it. Update this one');
  }
  if (version < migrations.length) {
    throw new Error(
      'it was made by another program, or an older version of this package. Run "seen migrate" on it, or start the bot',
    );
  }
}
