import Database from 'better-sqlite3';
import { describe, expect, test } from 'vitest';

import { openSeenStore, systemClock } from '../../../src/store/index.ts';
import { resolveSqliteOptions, type SqliteOptions } from '../../../src/store/options.ts';
import { movableDatabase } from '../../../src/store/databases.ts';
import { importRows } from '../../../src/store/transfer/move.ts';
import { transferTables } from '../../../src/store/transfer/tables.ts';
import { newDatabasePath } from '../../support/database-file.ts';
import { emptyDatabase } from '../../support/empty-database.ts';
import { rowsOf } from '../../support/filled-database.ts';

const clock = systemClock;

function fileWith(sql: string): SqliteOptions {
  const path = newDatabasePath();
  const db = new Database(path);
  db.exec(sql);
  db.close();
  return resolveSqliteOptions({ path }, {});
}

function importFrom(file: SqliteOptions, to = resolveSqliteOptions({ path: newDatabasePath() }, {})) {
  return importRows(movableDatabase(file), movableDatabase(to), { clock });
}

describe('the file of an earlier program', () => {
  test('is imported with its ids, and with times of every kind', async () => {
    const file = fileWith(`CREATE TABLE seen (id TEXT PRIMARY KEY, ts);
      INSERT INTO seen VALUES ('whole', 1700000000), ('fraction', 1700000000.7), ('text', '1700000000'),
        ('date', '2023-11-14 22:13:20'), ('large', 9223372036854775807), ('null', NULL), (NULL, 5)`);
    const target = resolveSqliteOptions({ path: newDatabasePath() }, {});
    await importFrom(file, target);
    const { seen = [] } = await rowsOf(target);
    const now = expect.toSatisfy((ts: number) => ts > 1_700_000_000) as number;
    expect(Object.fromEntries(seen)).toEqual({
      whole: 1_700_000_000,
      fraction: 1_700_000_000,
      text: 1_700_000_000,
      date: 1_700_000_000,
      large: 9_223_372_036_854_775_807n,
      null: now,
    });
    const store = await openSeenStore({ path: target.path });
    expect(await store.filterUnseen(['whole', 'other'])).toEqual(['other']);
    await store.close();
  });

  test.each([
    [
      "CREATE TABLE seen (id TEXT PRIMARY KEY, ts INTEGER); INSERT INTO seen VALUES (CAST(x'61FF' AS TEXT), 1)",
      'the key "a\uFFFD", in which U+FFFD stands for bytes that are not UTF-8',
    ],
    [
      "CREATE TABLE seen (id PRIMARY KEY, ts INTEGER); INSERT INTO seen VALUES (x'61', 1)",
      "ids that are stored as blobs, such as X'61'",
    ],
    [
      'CREATE TABLE seen (id PRIMARY KEY, ts INTEGER); INSERT INTO seen VALUES (7, 1)',
      'ids that are stored as numbers, such as 7',
    ],
    [
      'CREATE TABLE seen (id TEXT PRIMARY KEY COLLATE NOCASE, ts INTEGER)',
      'a collation that takes different ids for one',
    ],
    ['CREATE TABLE seen (name TEXT)', 'has no columns id and ts'],
    ['CREATE TABLE other (id TEXT)', 'it has no table "seen"'],
  ])('is refused where %s', async (sql, problem) => {
    await expect(importFrom(fileWith(sql))).rejects.toThrow(problem);
  });

  test('a file of another version of the schema is refused, with what to do', async () => {
    const path = emptyDatabase();
    const db = new Database(path);
    const last = db.prepare<[], number>('SELECT max(version) FROM seen_migration').pluck().get() ?? 0;
    const file = resolveSqliteOptions({ path }, {});
    db.prepare('INSERT INTO seen_migration VALUES (?, 0)').run(last + 1);
    await expect(importFrom(file)).rejects.toThrow('a newer version of this package has made it. Update this one');
    db.prepare('DELETE FROM seen_migration WHERE version >= ?').run(last);
    db.close();
    await expect(importFrom(file)).rejects.toThrow('Run "seen migrate" on it');
  });
});

test('a transfer moves every table that the migrations make, but for those of the place itself', () => {
  const db = new Database(emptyDatabase());
  const tables = db
    .prepare<[], string>(
      "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name",
    )
    .pluck()
    .all();
  const ofThePlace = ['seen_database', 'seen_migration', 'seen_move', 'seen_token'];
  expect([...transferTables.map(({ name }) => name), ...ofThePlace].toSorted()).toEqual(tables);
  for (const { name, columns, keyLength } of transferTables) {
    const found = db
      .prepare<[string], { name: string; pk: number; notnull: number }>(
        'SELECT name, pk, "notnull" FROM pragma_table_xinfo(?) WHERE hidden = 0',
      )
      .all(name);
    const moved = columns.map((column) => (column.name === 'place_token' ? 'first_token' : column.name));
    // Earlier versions ask by the column asked, and no other.
    const kept = found.filter((column) => column.name !== 'asked').map((column) => column.name);
    expect(moved.toSorted()).toEqual(kept.toSorted());
    const keys = found.filter(({ pk }) => pk > 0).toSorted((one, other) => one.pk - other.pk);
    expect(moved.slice(0, keyLength)).toEqual(keys.map((column) => column.name));
  }
  db.close();
});
