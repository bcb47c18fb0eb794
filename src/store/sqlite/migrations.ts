import type { Database } from 'better-sqlite3';

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
     failed INTEGER NOT NULL
   ) STRICT;
   CREATE INDEX seen_cycle_finished_at ON seen_cycle (finished_at)`,
];

/** Brings the schema up to date, once, however many threads and processes open the file at the same time. */
export function migrate(db: Database, now: number): void {
  if (readVersion(db) === migrations.length) return;
  db.transaction(() => applyPending(db, now)).immediate();
}

function applyPending(db: Database, now: number): void {
  db.exec(
    'CREATE TABLE IF NOT EXISTS seen_migration (version INTEGER PRIMARY KEY, applied_at INTEGER NOT NULL) STRICT',
  );
  const record = db.prepare('INSERT INTO seen_migration (version, applied_at) VALUES (?, ?)');
  for (let version = readVersion(db) + 1; version <= migrations.length; version += 1) {
    db.exec(migrations[version - 1] ?? '');
    record.run(version, Math.floor(now / 1000));
  }
}

/** A newer program's file has a higher version; its additions are tables of their own and do no harm here. */
function readVersion(db: Database): number {
  const known = db.prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'seen_migration'").get();
  if (known === undefined) return 0;
  return db.prepare<[], number>('SELECT coalesce(max(version), 0) FROM seen_migration').pluck().get() ?? 0;
}
