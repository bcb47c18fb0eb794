import { readFileSync } from 'node:fs';
import { describe, expect, onTestFinished, test } from 'vitest';

import { openSeenStore, type SeenStore } from '../../src/store/index.ts';
import { foreignFile, openErrorOf, readAsAnother, remedyOf, runAsAnother } from '../support/foreign-file.ts';
import { RecordingLogger } from '../support/recording-logger.ts';
import { AT, unusableTables } from '../support/unusable-tables.ts';

/** Ids that a careless table takes for one another. */
const alike = ['aB', 'AB', 'aB ', '7', '007', 'pröbe'];

/** A store that lets nothing expire, however old the ids of the table are. */
async function openForEver(path: string): Promise<SeenStore> {
  const store = await openSeenStore({ path, ttlDays: 36_500, logger: new RecordingLogger() });
  onTestFinished(() => store.close());
  return store;
}

const definition = "SELECT sql FROM sqlite_schema WHERE name LIKE 'seen'";

describe('a table of another program that works', () => {
  test.each([
    ['names in capitals', 'CREATE TABLE SEEN (ID TEXT PRIMARY KEY, TS INTEGER)'],
    ['other names of the types', 'CREATE TABLE seen (id VARCHAR(255) NOT NULL UNIQUE, ts DATETIME)'],
    ['no types', 'CREATE TABLE seen (id PRIMARY KEY, ts)'],
    ['an index in place of a key', 'CREATE TABLE seen (id CLOB, ts REAL); CREATE UNIQUE INDEX ids ON seen (id DESC)'],
    ['no rowid', 'CREATE TABLE seen (ts NUMERIC, id TEXT, PRIMARY KEY (id)) WITHOUT ROWID'],
    ['STRICT types', 'CREATE TABLE seen (id ANY PRIMARY KEY, ts REAL) STRICT'],
    [
      'further columns',
      `CREATE TABLE seen (n INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, id TEXT UNIQUE, ts INTEGER NOT NULL, title,
         feed TEXT NOT NULL DEFAULT 'filings', hash TEXT UNIQUE, code DEFAULT (hex(randomblob(8))) UNIQUE, short AS (substr(id, 1, 2)), UNIQUE (feed, id))`,
    ],
    [
      'further columns named like those of our own tables',
      'CREATE TABLE seen (id TEXT PRIMARY KEY, ts, value, atom, "key", state, feed, token, owner, retry_at, updated_at)',
    ],
    ['a rule for conflicts', 'CREATE TABLE seen (id TEXT PRIMARY KEY ON CONFLICT IGNORE, ts INTEGER)'],
    ['constraints that ids meet', "CREATE TABLE seen (id TEXT PRIMARY KEY CHECK (id <> ''), ts CHECK (ts > 0))"],
    [
      'a trigger that writes elsewhere',
      `CREATE TABLE seen (id TEXT PRIMARY KEY, ts INTEGER); CREATE TABLE log (id);
       CREATE TRIGGER logging AFTER INSERT ON seen BEGIN INSERT INTO log VALUES (new.id); END`,
    ],
    [
      'foreign keys that refuse nothing',
      `CREATE TABLE feed (name PRIMARY KEY);
       CREATE TABLE seen (id TEXT PRIMARY KEY, ts INTEGER, feed REFERENCES feed (name));
       CREATE TABLE comment (item REFERENCES seen (id) ON DELETE CASCADE)`,
    ],
    ['UTF-16', "PRAGMA encoding = 'UTF-16le'; CREATE TABLE seen (id TEXT PRIMARY KEY, ts INTEGER)"],
    ['UTF-16 with the high byte first', "PRAGMA encoding = 'UTF-16be'; CREATE TABLE seen (id PRIMARY KEY, ts)"],
  ])('a table of another program works with %s', async (_what, sql) => {
    const path = foreignFile(sql);
    const before = readAsAnother(path, definition);
    const store = await openForEver(path);
    for (const [index, id] of alike.entries()) {
      expect(await store.filterUnseen(alike)).toEqual(alike.slice(index));
      await store.markSeen(id);
      await store.markSeen(id);
      expect(await store.isSeen(id)).toBe(true);
    }
    const claims = await store.claim(['claimed', ...alike]);
    expect(claims.map(({ id }) => id)).toEqual(['claimed']);
    await store.commit(claims);
    const olderThan = new Date(Date.now() + 60_000);
    expect(await store.countOlderThan(olderThan)).toBe(alike.length + 1);
    expect(await store.purge({ olderThan })).toEqual({ deleted: alike.length + 1, finished: true });
    expect(await store.stats()).toMatchObject({ rows: 0 });
    expect(readAsAnother(path, definition)).toEqual(before);
  });

  test('what is tried out at the first start leaves nothing behind', async () => {
    const path = foreignFile(
      `CREATE TABLE seen (n INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT UNIQUE, ts INTEGER); CREATE TABLE log (id);
       CREATE TRIGGER logging AFTER DELETE ON seen BEGIN INSERT INTO log VALUES (old.id); END;
       INSERT INTO seen (id, ts) VALUES ('007', ${AT})`,
    );
    await openForEver(path);
    expect(readAsAnother(path, 'SELECT id FROM log')).toEqual([]);
    expect(readAsAnother(path, 'SELECT id || ts FROM seen')).toEqual([`007${AT}`]);
    expect(readAsAnother(path, 'SELECT seq FROM sqlite_sequence')).toEqual([1]);
  });
});

describe('a table of another program that cannot work', () => {
  test.each(unusableTables)('a table with $what is refused by name, and its file stays as it is', async (table) => {
    const path = foreignFile(table.sql);
    const before = readFileSync(path);
    const error = await openErrorOf(path);
    expect(error).toMatchObject({ code: 'SEEN_STORE_OPEN', location: path });
    expect(error.message).toMatch(table.message);
    expect(error.message).toContain('Nothing in it was changed.');
    expect(readFileSync(path).equals(before)).toBe(true);
  });

  const convertible = unusableTables.flatMap(({ what, sql, kept }) =>
    kept === undefined ? [] : [{ what, sql, kept }],
  );

  test.each(convertible)('a table with $what works once it is converted as the error says', async ({ sql, kept }) => {
    const path = foreignFile(sql);
    runAsAnother(path, remedyOf(await openErrorOf(path)));
    const store = await openForEver(path);
    expect(await store.filterUnseen([...kept, 'new'])).toEqual(['new']);
    expect(await store.stats()).toMatchObject({ oldest: new Date(AT * 1000), newest: new Date(AT * 1000) });
    await store.markSeen(alike);
    expect(await store.filterUnseen([...alike, ...kept, 'new'])).toEqual(['new']);
  });

  test('a time that nobody can read becomes the present, so that its id is not forgotten at once', async () => {
    const path = foreignFile(
      `CREATE TABLE seen (id TEXT PRIMARY KEY, ts NOT NULL);
       INSERT INTO seen VALUES ('empty', ''), ('word', 'recently'), ('blob', x'31'), ('infinite', 9e999), ('.', '.')`,
    );
    runAsAnother(path, remedyOf(await openErrorOf(path)));
    const store = await openForEver(path);
    expect(await store.countOlderThan(new Date(Date.now() - 600_000))).toBe(0);
    expect(await store.stats()).toMatchObject({ rows: 5 });
  });

  test('all that is wrong with the schema of a table is said at once', async () => {
    const { message } = await openErrorOf(foreignFile('CREATE TABLE seen (id INT, ts TEXT, link NOT NULL)'));
    expect(message).toMatch(/id as INT,.*ts as TEXT,.*no key.*column link,/);
  });
});

describe('a table that another program changes once a store has used it', () => {
  const typed = 'CREATE TABLE seen (id TEXT PRIMARY KEY, ts)';

  async function adopted(sql: string): Promise<string> {
    const path = foreignFile(sql);
    const store = await openForEver(path);
    await store.markSeen('ours', AT);
    await store.close();
    return path;
  }

  test.each([
    [
      'a number among the ids',
      'CREATE TABLE seen (id PRIMARY KEY, ts)',
      'INSERT INTO seen VALUES (7, 5)',
      /such as 7\./,
    ],
    ['a blob among the ids', typed, "INSERT INTO seen VALUES (x'07', 5)", /such as X'07'/],
    ['an index of the times', typed, 'CREATE UNIQUE INDEX times ON seen (ts)', /index times/],
    ['another table in its place', typed, 'DROP TABLE seen; CREATE TABLE seen (id TEXT, ts)', /no key/],
    ['a view in its place', typed, "DROP TABLE seen; CREATE VIEW seen AS SELECT 'x' AS id, 5 AS ts", /is a view/],
  ])('a later start refuses %s', async (_what, sql, change, message) => {
    const path = await adopted(sql);
    runAsAnother(path, change);
    expect((await openErrorOf(path)).message).toMatch(message);
  });

  test('a later start does not read all times: some may have come in as milliseconds, and are kept', async () => {
    const path = await adopted(typed);
    const store = await openForEver(path);
    await store.markSeen('in milliseconds', AT * 1000);
    await store.close();
    runAsAnother(path, "INSERT INTO seen VALUES ('as text', '2026-01-01')");
    const next = await openForEver(path);
    expect(await next.filterUnseen(['ours', 'in milliseconds', 'as text', 'new'])).toEqual(['new']);
    const newest = new Date(AT * 1_000_000);
    expect(await next.stats()).toMatchObject({ rows: 3, oldest: new Date(AT * 1000), newest });
  });
});
