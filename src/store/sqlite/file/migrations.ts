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
  `ALTER TABLE seen_item ADD COLUMN leased_at INTEGER;
   ALTER TABLE seen_item ADD COLUMN due_since INTEGER GENERATED ALWAYS AS (max(updated_at, ifnull(retry_at, 0))) VIRTUAL;
   DROP INDEX seen_item_open;
   CREATE INDEX seen_item_open ON seen_item (feed, due_since, token, created_at)
     WHERE state IN ('claimed', 'enriched', 'posting')`,
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
