/** A table `seen` of another program that the store cannot use. */
interface UnusableTable {
  readonly what: string;
  readonly sql: string;
  /** The fault that the error names. */
  readonly message: RegExp;
  /** Ids that a conversion keeps, all marked `AT`. Where there are none, the table is not converted in tests. */
  readonly kept?: readonly string[];
}

/** The moment of the ids that are kept, in Unix seconds. */
export const AT = 1_760_000_000;

const row = `('x', ${AT})`;

const shapes: readonly UnusableTable[] = [
  {
    what: 'no key',
    sql: `CREATE TABLE seen (id TEXT, ts INTEGER); INSERT INTO seen VALUES ('aB', 1), ('aB', ${AT}), ('AB', ${AT})`,
    message: /has no key.*of id alone/,
    kept: ['aB', 'AB'],
  },
  {
    what: 'a key of some rows only',
    sql: 'CREATE TABLE seen (id TEXT, ts INTEGER); CREATE UNIQUE INDEX recent ON seen (id) WHERE ts > 5',
    message: /has no key.*of id alone/,
  },
  {
    what: 'a key of three columns',
    sql: `CREATE TABLE seen (feed, id TEXT, ts INTEGER, day, PRIMARY KEY (feed, id, day)) WITHOUT ROWID;
      INSERT INTO seen VALUES ('a', 'x', 5, 1), ('b', 'x', ${AT}, 1)`,
    message: /key of feed and id and day together/,
    kept: ['x'],
  },
  {
    what: 'a column that must be filled',
    sql: `CREATE TABLE seen (id TEXT PRIMARY KEY, ts INTEGER, Url TEXT NOT NULL);
      INSERT INTO seen VALUES ('x', ${AT}, 'u')`,
    message: /the column url, which must be filled/,
    kept: ['x'],
  },
  {
    what: 'the rows of a view',
    sql: `CREATE TABLE items (name TEXT, at INTEGER); INSERT INTO items VALUES ${row};
      CREATE VIEW seen AS SELECT name AS id, at AS ts FROM items`,
    message: /is a view/,
    kept: ['x'],
  },
  {
    what: 'the rows of a view that inserts go through',
    sql: `CREATE TABLE t (id TEXT PRIMARY KEY, ts); CREATE VIEW seen AS SELECT * FROM t;
      CREATE TRIGGER insertion INSTEAD OF INSERT ON seen BEGIN INSERT INTO t VALUES (new.id, new.ts); END`,
    message: /is a view/,
  },
  { what: 'the rows of a view of nothing', sql: 'CREATE VIEW seen AS SELECT * FROM gone', message: /is a view/ },
  {
    what: 'virtual rows',
    sql: `CREATE VIRTUAL TABLE seen USING fts5(id, ts); INSERT INTO seen VALUES ${row}`,
    message: /is a virtual table/,
    kept: ['x'],
  },
  {
    what: 'computed ids',
    sql: 'CREATE TABLE seen (raw, id TEXT AS (lower(raw)) STORED UNIQUE, ts)',
    message: /computes its column id/,
  },
  {
    what: 'computed times',
    sql: 'CREATE TABLE seen (id TEXT PRIMARY KEY, ts INTEGER AS (length(id)))',
    message: /computes its column ts/,
  },
  {
    what: 'no times',
    sql: 'CREATE TABLE seen (id TEXT PRIMARY KEY, at INTEGER)',
    message: /has the columns id, at where id and ts were expected/,
  },
  {
    what: 'no ids',
    sql: 'CREATE TABLE seen (hash TEXT PRIMARY KEY, ts INTEGER)',
    message: /has the columns hash, ts where id and ts were expected\. .*seen\.path/,
  },
];

const types: readonly UnusableTable[] = [
  {
    what: 'ids that are the rowid',
    sql: `CREATE TABLE seen (id INTEGER PRIMARY KEY, ts INTEGER); INSERT INTO seen VALUES (42, ${AT})`,
    message: /declares id as INTEGER/,
    kept: ['42'],
  },
  {
    what: 'a type of ids that prefers numbers',
    sql: 'CREATE TABLE seen (id UUID PRIMARY KEY, ts INTEGER)',
    message: /declares id as UUID/,
  },
  {
    what: 'ids of the type STRING',
    sql: 'CREATE TABLE seen (id string PRIMARY KEY, ts INTEGER)',
    message: /declares id as string/,
  },
  {
    what: 'ids that are strictly blobs',
    sql: 'CREATE TABLE seen (id BLOB PRIMARY KEY, ts INTEGER) STRICT',
    message: /declares id as BLOB/,
  },
  {
    what: 'times that are strictly blobs',
    sql: 'CREATE TABLE seen (id TEXT PRIMARY KEY, ts BLOB) STRICT',
    message: /declares ts as BLOB/,
  },
  {
    what: 'times declared as text',
    sql: `CREATE TABLE seen (id TEXT PRIMARY KEY, ts VARCHAR); INSERT INTO seen VALUES ${row}`,
    message: /declares ts as VARCHAR/,
    kept: ['x'],
  },
];

const comparisons: readonly UnusableTable[] = [
  {
    what: 'ids that ignore case',
    sql: `CREATE TABLE seen (id TEXT COLLATE NOCASE UNIQUE, ts); INSERT INTO seen VALUES ('X', ${AT})`,
    message: /key of id COLLATE NOCASE/,
    kept: ['X'],
  },
  {
    what: 'ids that ignore spaces',
    sql: 'CREATE TABLE seen (id TEXT COLLATE RTRIM PRIMARY KEY, ts) WITHOUT ROWID',
    message: /key of id COLLATE RTRIM/,
  },
  {
    what: 'an index that ignores case',
    sql: 'CREATE TABLE seen (id TEXT PRIMARY KEY, ts); CREATE UNIQUE INDEX folded ON seen (id COLLATE NOCASE)',
    message: /unique index folded of id COLLATE NOCASE/,
  },
  {
    what: 'a column that ignores case, and an index that does not',
    sql: 'CREATE TABLE seen (id TEXT COLLATE NOCASE, ts); CREATE UNIQUE INDEX ids ON seen (id COLLATE BINARY)',
    message: /collation that takes different ids for one/,
  },
  {
    what: 'an index of an expression',
    sql: 'CREATE TABLE seen (id TEXT PRIMARY KEY, ts); CREATE UNIQUE INDEX folded ON seen (lower(id))',
    message: /unique index folded of an expression/,
  },
  {
    what: 'times that must differ',
    sql: 'CREATE TABLE seen (id TEXT PRIMARY KEY, ts INTEGER UNIQUE)',
    message: /key of ts, which/,
  },
  {
    what: 'a further key with a default',
    sql: "CREATE TABLE seen (id TEXT PRIMARY KEY, ts INTEGER, link TEXT DEFAULT '' UNIQUE)",
    message: /key of link, which/,
  },
];

const values: readonly UnusableTable[] = [
  {
    what: 'ids stored as numbers',
    sql: `CREATE TABLE seen (id PRIMARY KEY, ts); INSERT INTO seen VALUES (8001, ${AT}), ${row}`,
    message: /stored as numbers, such as 8001/,
    kept: ['8001', 'x'],
  },
  {
    what: 'ids stored as blobs',
    sql: `CREATE TABLE seen (id TEXT PRIMARY KEY, ts);
      INSERT INTO seen VALUES (x'6162', ${AT}), ('ab', ${AT}), (x'FF', ${AT})`,
    message: /stored as blobs, such as X'6162'/,
    kept: ['ab'],
  },
  {
    what: 'times as dates',
    sql: `CREATE TABLE seen (id TEXT PRIMARY KEY, ts TIMESTAMP); INSERT INTO seen VALUES ('x', '2025-10-09T08:53:20Z')`,
    message: /'2025-10-09T08:53:20Z' is stored as text/,
    kept: ['x'],
  },
  {
    what: 'times as text in a column without a type',
    sql: `CREATE TABLE seen (id TEXT PRIMARY KEY, ts); INSERT INTO seen VALUES ('w', ${AT}), ('x', '${AT}.5')`,
    message: /is stored as text/,
    kept: ['w', 'x'],
  },
  ...['123', '123456', '123456789'].map((digits) => ({
    what: `times with ${digits.length} more digits than seconds`,
    sql: `CREATE TABLE seen (id TEXT PRIMARY KEY, ts); INSERT INTO seen VALUES ('w', ${AT}), ('x', ${AT}${digits})`,
    message: /looks like milliseconds, or a finer unit/,
    kept: ['w', 'x'],
  })),
  {
    what: 'times as Julian days',
    sql: `CREATE TABLE seen (id TEXT PRIMARY KEY, ts REAL); INSERT INTO seen VALUES ('x', julianday(${AT}, 'unixepoch'))`,
    message: /looks like a Julian day/,
    kept: ['x'],
  },
];

const constraints: readonly UnusableTable[] = [
  {
    what: 'a CHECK of ids',
    sql: `CREATE TABLE seen (id TEXT PRIMARY KEY CHECK (length(id) < 9), ts); INSERT INTO seen VALUES ${row}`,
    message: /CHECK .*length\(id\) < 9/,
    kept: ['x'],
  },
  {
    what: 'a CHECK of times',
    sql: 'CREATE TABLE seen (id TEXT PRIMARY KEY, ts INTEGER CHECK (ts < 1000))',
    message: /CHECK .*ts < 1000/,
  },
  {
    what: 'a further key whose calculated default repeats',
    sql: 'CREATE TABLE seen (id TEXT PRIMARY KEY, ts, day TEXT UNIQUE DEFAULT (abs(1)))',
    message: /UNIQUE constraint failed: seen\.day/,
  },
  {
    what: 'ids that another table has to have',
    sql: `CREATE TABLE t (id PRIMARY KEY);
      CREATE TABLE seen (id TEXT PRIMARY KEY REFERENCES t DEFERRABLE INITIALLY DEFERRED, ts)`,
    message: /foreign key of id, .* the table t /,
  },
  {
    what: 'ids that another table keeps',
    sql: `CREATE TABLE seen (id TEXT PRIMARY KEY, ts); CREATE TABLE comment (item TEXT REFERENCES Seen (id));
      INSERT INTO seen VALUES ${row}; INSERT INTO comment VALUES ('x')`,
    message: /foreign key of the table comment/,
    kept: ['x'],
  },
  withTrigger('drops what is inserted', 'BEFORE INSERT', 'SELECT RAISE(IGNORE)', /changes what is inserted/),
  withTrigger('sets the time', 'AFTER INSERT', 'UPDATE seen SET ts = 5', /changes what is inserted/),
  withTrigger('changes ids', 'AFTER INSERT', "UPDATE seen SET id = id || '!'", /changes what is inserted/),
  withTrigger('forbids a refresh', 'BEFORE UPDATE', "SELECT RAISE(ABORT, 'once only')", /once only/),
  withTrigger('undoes a refresh', 'AFTER UPDATE', 'UPDATE seen SET ts = old.ts', /time that is refreshed/),
  withTrigger('ends the transaction', 'BEFORE DELETE', "SELECT RAISE(ROLLBACK, 'for ever')", /for ever/),
  withTrigger('brings back what is deleted', 'AFTER DELETE', 'INSERT INTO seen VALUES (old.id, 5)', /keeps an id/),
  withTrigger(
    'calls what only its program has',
    'AFTER INSERT',
    'SELECT sha256_of(new.id)',
    /no such function: sha256_of/,
  ),
];

function withTrigger(does: string, when: string, action: string, message: RegExp): UnusableTable {
  const sql = `CREATE TABLE seen (id TEXT PRIMARY KEY, ts); CREATE TRIGGER t ${when} ON seen BEGIN ${action}; END`;
  return { what: `a trigger that ${does}`, sql, message };
}

export const unusableTables = [...shapes, ...types, ...comparisons, ...values, ...constraints];
