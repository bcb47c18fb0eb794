/**
 * Numbered and append-only: number N is entry N - 1, and an entry that has been released never changes.
 *
 * The first one leaves alone the table `seen` of the earlier Python bot, which goes on using it.
 */
export const migrations: readonly string[] = [
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
  // The pause before this upgrade must count as one, so the watches begin with the cycles that are remembered. A pause of
  // more than a day makes a gap.
  `CREATE TABLE seen_feed (feed TEXT PRIMARY KEY NOT NULL, last_cycle INTEGER NOT NULL) STRICT, WITHOUT ROWID;
   INSERT INTO seen_feed (feed, last_cycle) SELECT feed, max(finished_at) FROM seen_cycle WHERE feed <> '' GROUP BY feed;
   CREATE TABLE seen_watch (
     feed TEXT NOT NULL,
     since INTEGER NOT NULL,
     until INTEGER NOT NULL,
     PRIMARY KEY (feed, since)
   ) STRICT, WITHOUT ROWID;
   INSERT INTO seen_watch (feed, since, until)
   SELECT feed, min(finished_at), max(finished_at) FROM (
     SELECT feed, finished_at, sum(after_gap) OVER (PARTITION BY feed ORDER BY finished_at) AS gaps FROM (
       SELECT feed, finished_at,
              coalesce(finished_at - lag(finished_at) OVER (PARTITION BY feed ORDER BY finished_at), 0) > 86400000
                AS after_gap
       FROM seen_cycle WHERE total > 0 AND feed <> ''))
   GROUP BY feed, gaps`,
  `ALTER TABLE seen_item ADD COLUMN leased_at INTEGER;
   ALTER TABLE seen_item ADD COLUMN due_since INTEGER GENERATED ALWAYS AS (max(updated_at, ifnull(retry_at, 0))) VIRTUAL;
   DROP INDEX seen_item_open;
   CREATE INDEX seen_item_open ON seen_item (feed, due_since, token, created_at)
     WHERE state IN ('claimed', 'enriched', 'posting')`,
  `CREATE TABLE seen_incident (
     id TEXT PRIMARY KEY NOT NULL,
     subject TEXT NOT NULL UNIQUE,
     reason TEXT NOT NULL,
     since INTEGER NOT NULL,
     relapse INTEGER NOT NULL DEFAULT 0,
     intent_at INTEGER,
     told_at INTEGER,
     over_at INTEGER,
     over_told_at INTEGER
   ) STRICT, WITHOUT ROWID`,
  // Until now the ids of all feeds were stored as they are. One of the feeds that were in use last goes on with that: the
  // one with the most items. A feed that had no cycle any more when another had its first may have been renamed to it.
  `CREATE TABLE seen_scope (
     feed TEXT PRIMARY KEY NOT NULL,
     plain INTEGER NOT NULL,
     evidence REAL,
     inherits INTEGER NOT NULL,
     assigned_at INTEGER NOT NULL DEFAULT 0,
     first_cycle INTEGER,
     last_cycle INTEGER
   ) STRICT, WITHOUT ROWID;
   CREATE UNIQUE INDEX seen_scope_plain ON seen_scope (plain) WHERE plain = 1;
   INSERT INTO seen_scope (feed, plain, evidence, inherits, first_cycle, last_cycle)
   SELECT feed, 0, 1, 1, min(at), max(at) FROM (
     SELECT feed, finished_at AS at FROM seen_cycle UNION ALL SELECT feed, last_cycle FROM seen_feed)
   WHERE feed <> '' GROUP BY feed;
   UPDATE seen_scope SET plain = 1, inherits = 0 WHERE feed = (
     SELECT one.feed FROM seen_scope AS one
     LEFT JOIN (SELECT feed, count(*) AS items FROM seen_item GROUP BY feed) AS ledger ON ledger.feed = one.feed
     LEFT JOIN (SELECT feed, count(*) AS cycles FROM seen_cycle GROUP BY feed) AS history ON history.feed = one.feed
     ORDER BY EXISTS (SELECT 1 FROM seen_scope AS later WHERE later.first_cycle > one.last_cycle),
       ledger.items DESC, history.cycles DESC, one.feed LIMIT 1)`,
  // Made anew, because a column that is added cannot have a random default. Holds that a process of the earlier version
  // opens beside this one get a name by it as well; the column asked is kept for such a process alone.
  `DROP INDEX seen_hold_open;
   ALTER TABLE seen_hold RENAME TO seen_hold_unnamed;
   CREATE TABLE seen_hold (
     id INTEGER PRIMARY KEY,
     name TEXT NOT NULL UNIQUE DEFAULT (lower(hex(randomblob(16)))),
     feed TEXT NOT NULL,
     created_at INTEGER NOT NULL,
     ids TEXT NOT NULL,
     decision TEXT CHECK (decision IN ('post', 'mark')),
     decided_by TEXT,
     asked INTEGER NOT NULL DEFAULT 0,
     finished INTEGER NOT NULL DEFAULT 0
   ) STRICT;
   INSERT INTO seen_hold (id, feed, created_at, ids, decision, decided_by, asked, finished)
   SELECT id, feed, created_at, ids, decision, decided_by, asked, finished FROM seen_hold_unnamed;
   DROP TABLE seen_hold_unnamed;
   CREATE UNIQUE INDEX seen_hold_open ON seen_hold (feed) WHERE finished = 0;
   CREATE TABLE seen_hold_question (
     hold_id INTEGER NOT NULL,
     channel_id TEXT NOT NULL,
     asked_at INTEGER NOT NULL,
     message_id TEXT,
     PRIMARY KEY (hold_id, channel_id)
   ) STRICT, WITHOUT ROWID`,
  // The place of an item in its feed: an item of an older version, or of one that runs beside this one, has its first
  // claim's time for a token. Items whose pause ends at the same moment are due in the order of their places; of others,
  // those come first whose last claim is older.
  `ALTER TABLE seen_item ADD COLUMN first_token INTEGER;
   ALTER TABLE seen_item ADD COLUMN first_index INTEGER NOT NULL DEFAULT 0;
   ALTER TABLE seen_item ADD COLUMN place_token INTEGER GENERATED ALWAYS AS (ifnull(first_token, created_at)) VIRTUAL;
   ALTER TABLE seen_item ADD COLUMN due_turn INTEGER
     GENERATED ALWAYS AS (iif(ifnull(retry_at, 0) > updated_at, 0, token)) VIRTUAL;
   DROP INDEX seen_item_open;
   CREATE INDEX seen_item_open ON seen_item (feed, due_since, due_turn, place_token, first_index)
     WHERE state IN ('claimed', 'enriched', 'posting');
   CREATE INDEX seen_item_owned ON seen_item (feed, place_token, first_index) WHERE owner IS NOT NULL`,
  // The time of an earlier intent is the machine's: nobody knows what Discord's was.
  `ALTER TABLE seen_post ADD COLUMN discord_at INTEGER;
   ALTER TABLE seen_post ADD COLUMN fingerprint TEXT;
   ALTER TABLE seen_post ADD COLUMN may_repeat INTEGER NOT NULL DEFAULT 0;
   CREATE INDEX seen_post_message ON seen_post (message_id) WHERE message_id IS NOT NULL;
   CREATE INDEX seen_post_open ON seen_post (channel_id) WHERE state = 'open'`,
  'CREATE TABLE seen_coverage (feed TEXT PRIMARY KEY NOT NULL, categories TEXT NOT NULL) STRICT, WITHOUT ROWID',
  `CREATE TABLE seen_spending (
     day INTEGER NOT NULL,
     feed TEXT NOT NULL,
     requests INTEGER NOT NULL,
     tokens INTEGER NOT NULL,
     enrichments INTEGER NOT NULL,
     budget_requests INTEGER,
     budget_tokens INTEGER,
     PRIMARY KEY (day, feed)
   ) STRICT, WITHOUT ROWID`,
  `CREATE TABLE seen_leader (
     name TEXT PRIMARY KEY NOT NULL,
     leader TEXT,
     number INTEGER NOT NULL,
     elected_at INTEGER NOT NULL,
     leased_at INTEGER NOT NULL,
     lease_until INTEGER NOT NULL
   ) STRICT, WITHOUT ROWID`,
  // The name of the database, which copies of the file keep; and what was moved into it, or away from it.
  `CREATE TABLE seen_database (id TEXT NOT NULL) STRICT;
   INSERT INTO seen_database (id) VALUES (lower(hex(randomblob(16))));
   CREATE TABLE seen_move (
     direction TEXT PRIMARY KEY NOT NULL CHECK (direction IN ('arrival', 'departure')),
     peer_id TEXT NOT NULL,
     peer TEXT NOT NULL,
     begun_at INTEGER NOT NULL,
     ended_at INTEGER,
     running INTEGER NOT NULL,
     used INTEGER NOT NULL
   ) STRICT, WITHOUT ROWID`,
  'CREATE TABLE seen_loss (since INTEGER PRIMARY KEY NOT NULL, noticed_at INTEGER) STRICT',
];

/** The digest of the schema that all migrations make. A test says what it is once there is another one. */
export const OWN_DIGEST = 'cca250641c41369b4a4e904c96fda1b757d5dac052b85c2a9e747adcd874abb5';
