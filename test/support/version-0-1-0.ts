import BetterSqlite3, { type Database } from 'better-sqlite3';

/** The tables of version 0.1.0, beside `seen`, which has not changed. */
const schema = `
  CREATE TABLE seen_migration (version INTEGER PRIMARY KEY, applied_at INTEGER NOT NULL) STRICT;
  CREATE TABLE seen_cycle (
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
   CREATE INDEX seen_cycle_finished_at ON seen_cycle (finished_at);
   CREATE TABLE seen_recovery (set_aside TEXT PRIMARY KEY NOT NULL, at INTEGER NOT NULL) STRICT;
   CREATE TABLE seen_token (value INTEGER NOT NULL) STRICT;
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
   CREATE UNIQUE INDEX seen_hold_open ON seen_hold (feed) WHERE finished = 0`;

/** The migrations that version 0.1.0 had made. */
const VERSION = 4;

/**
 * Takes the file of a closed store back to the tables of version 0.1.0, with all that these can keep, and calls `change`
 * with the database.
 */
export function takeBackTo010(path: string, change: (db: Database) => void = () => undefined): void {
  const db = new BetterSqlite3(path);
  db.transaction(() => {
    const present = tablesOf(db);
    for (const table of present) db.exec(`CREATE TEMP TABLE kept_${table} AS SELECT * FROM ${table}`);
    for (const table of present) db.exec(`DROP TABLE ${table}`);
    db.exec(schema);
    for (const table of tablesOf(db)) {
      const columns = db.prepare<[string], string>('SELECT name FROM pragma_table_info(?)').pluck().all(table).join();
      db.exec(`INSERT INTO ${table} (${columns}) SELECT ${columns} FROM kept_${table}`);
    }
    db.exec(`DELETE FROM seen_migration WHERE version > ${VERSION}`);
  })();
  change(db);
  db.close();
}

function tablesOf(db: Database): string[] {
  const tables = "SELECT name FROM main.sqlite_schema WHERE type = 'table' AND name GLOB 'seen_*'";
  return db.prepare<[], string>(tables).pluck().all();
}
