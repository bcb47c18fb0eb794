import BetterSqlite3 from 'better-sqlite3';
import { describe, expect, onTestFinished, test } from 'vitest';

import { openSeenStore, type SeenStore } from '../../src/store/index.ts';
import { prepareForRanges, prepareKeyAfter, walkKeys, type KeyRange } from '../../src/store/sqlite/key-walk.ts';
import { newDatabasePath, openStore } from '../support/database-file.ts';
import { foreignFile, readAsAnother, runAsAnother } from '../support/foreign-file.ts';
import { RecordingLogger } from '../support/recording-logger.ts';

const DAY_S = 86_400;
const now = Math.floor(Date.now() / 1000);
const OLD = now - 100 * DAY_S;

/** Inserts 5,000 rows, more than two ranges of a walk: one row in five is old. `id` is the SQL of the id of row n. */
const rowsWith = (id: string): string =>
  `INSERT INTO seen (id, ts)
   WITH RECURSIVE numbers(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n < 4999)
   SELECT ${id}, iif(n % 5 = 0, ${OLD}, ${now}) FROM numbers;`;

const tables = {
  'of our own': 'CREATE TABLE seen (id TEXT PRIMARY KEY NOT NULL, ts INTEGER NOT NULL) WITHOUT ROWID;',
  'of the earlier bot': 'CREATE TABLE seen(id TEXT PRIMARY KEY, ts INTEGER NOT NULL);',
  'without types': 'CREATE TABLE seen (id UNIQUE, ts);',
  'in UTF-16': "PRAGMA encoding = 'UTF-16le'; CREATE TABLE seen (id TEXT PRIMARY KEY, ts INTEGER);",
};

/** Bytes that are no UTF-8, in which one id is like another once they are replaced by U+FFFD. */
const noText = "CAST(unhex(printf('%02xff%06x80', n % 251, n)) AS TEXT)";

const allIds = {
  'bytes that are no UTF-8': noText,
  'bytes of Latin-1': "CAST(unhex(printf('e9%06xe8', n)) AS TEXT)",
  'U+0000 in them': "printf('%d', n % 7) || char(0) || n",
  'the highest code points': 'char(1114111, 65535, 57344 + n)',
  'up to 2,500 characters': "replace(hex(zeroblob(n / 4)), '00', '/0') || n",
};

/** A store in which nothing expires before it is asked to. */
async function openQuietly(path: string): Promise<SeenStore> {
  const store = await openSeenStore({ path, ttlDays: 36_500, logger: new RecordingLogger() });
  onTestFinished(() => store.close());
  return store;
}

const cases = Object.entries(tables).flatMap(([table, create]) =>
  Object.entries(allIds).map(([ids, id]) => ({ table, ids, sql: `${create} ${rowsWith(id)}` })),
);

describe('a walk over ids that another program has stored', () => {
  test.each(cases)('a table $table whose ids are $ids is counted and purged, each row once', async ({ sql }) => {
    const path = foreignFile(sql);
    const store = await openQuietly(path);
    expect(await store.stats()).toMatchObject({
      rows: 5_000,
      oldest: new Date(OLD * 1000),
      newest: new Date(now * 1000),
    });
    const olderThan = new Date((now - DAY_S) * 1000);
    expect(await store.countOlderThan(olderThan)).toBe(1_000);
    expect(await store.purge({ olderThan })).toEqual({ deleted: 1_000, finished: true });
    expect(await store.countOlderThan(olderThan)).toBe(0);
    expect(readAsAnother(path, `SELECT count(*) FROM seen WHERE ts = ${now}`)).toEqual([4_000]);
  });

  test('what has expired is purged, where ids are no UTF-8', async () => {
    const store = await openStore(foreignFile(tables['of the earlier bot'] + rowsWith(noText)));
    await expect.poll(async () => (await store.stats()).rows).toBe(4_000);
    expect(await store.purgeExpired()).toBe(0);
  });

  test('rows without an id, with an empty one and without a time are counted, and purged when they are old', async () => {
    const path = foreignFile(
      `${tables['of the earlier bot']} ${rowsWith('NULL')}
       INSERT INTO seen VALUES ('', ${OLD}), (char(0), ${OLD}), ('a', ${now})`,
    );
    const store = await openQuietly(path);
    expect(await store.stats()).toMatchObject({ rows: 5_003 });
    const olderThan = new Date((now - DAY_S) * 1000);
    expect(await store.countOlderThan(olderThan)).toBe(1_002);
    expect(await store.purge({ olderThan })).toEqual({ deleted: 1_002, finished: true });
    expect(await store.stats()).toMatchObject({ rows: 4_001 });
  });

  test('a walk passes over blobs and numbers that come in while the store is open', async () => {
    const path = foreignFile(tables['without types'] + rowsWith("'id-' || n"));
    const store = await openQuietly(path);
    await store.markSeen('ours');
    runAsAnother(path, rowsWith("CAST(printf('%06d', n) AS BLOB)") + rowsWith('n'));
    expect(await store.stats()).toMatchObject({ rows: 5_001 });
    expect(await store.purge({ olderThan: new Date(Date.now() + 60_000) })).toEqual({ deleted: 5_001, finished: true });
  });

  test('old entries of the ledger are dropped whose ids are no UTF-8, and dead letters stay seen as they are', async () => {
    const path = newDatabasePath();
    await (await openStore(path)).close();
    runAsAnother(
      path,
      `INSERT INTO seen_item (id, feed, state, token, attempts, created_at, updated_at)
       WITH RECURSIVE numbers(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n < 4999)
       SELECT ${noText}, 'filings', iif(n = 4321, 'failed', 'posted'), 1, 1, ${OLD}000, ${OLD}000 FROM numbers;
       INSERT INTO seen_feed (feed, last_cycle) VALUES ('filings', unixepoch() * 1000);
       INSERT INTO seen_watch (feed, since, until) VALUES ('filings', ${OLD}000, unixepoch() * 1000)`,
    );
    await openStore(path);
    await expect.poll(() => readAsAnother(path, 'SELECT count(*) FROM seen_item')).toEqual([0]);
    expect(readAsAnother(path, 'SELECT hex(id) FROM seen')).toEqual(['36FF0010E180']);
  });
});

describe('the ranges of a walk', () => {
  function openMemory(sql: string): BetterSqlite3.Database {
    const db = new BetterSqlite3(':memory:');
    onTestFinished(() => void db.close());
    db.exec(sql);
    return db;
  }

  const range: KeyRange = { from: Buffer.from('a'), to: null };

  test.each(Object.entries(tables))('the key of a table %s finds a range, and its end', (_table, sql) => {
    const db = openMemory(sql);
    const planOf = prepareForRanges('seen', (isInRange) =>
      db.prepare<[KeyRange], { detail: string }>(
        `EXPLAIN QUERY PLAN SELECT count(*) FROM seen WHERE ${isInRange} AND ts < 5`,
      ),
    );
    expect(planOf(range).get(range)?.detail).toMatch(/^SEARCH seen USING .*\(id>\? AND id<\?\)/);
  });

  test('a walk that is aborted ends before the next range', async () => {
    const db = openMemory(tables['of our own'] + rowsWith("'id-' || n"));
    const abort = new AbortController();
    const keyAfter = prepareKeyAfter(db, 'seen', 100);
    let ranges = 0;
    for await (const { to } of walkKeys(keyAfter, abort.signal)) {
      ranges += 1;
      if (ranges === 5) abort.abort();
      expect(to).not.toBeNull();
    }
    expect(ranges).toBe(5);
  });

  test('the ranges of a walk meet, from the rows without a key to the end of all keys', async () => {
    const db = openMemory(tables['of our own'] + rowsWith(noText));
    const ranges: KeyRange[] = [];
    for await (const next of walkKeys(prepareKeyAfter(db, 'seen', 1_000))) ranges.push(next);
    expect(ranges.map(({ from }) => from)).toEqual([null, ...ranges.slice(0, -1).map(({ to }) => to)]);
    expect(ranges).toHaveLength(6);
    expect(ranges.at(-1)?.to).toBeNull();
  });
});
