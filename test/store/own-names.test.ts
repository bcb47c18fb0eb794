import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

import { newDatabasePath, openStore } from '../support/database-file.ts';
import { foreignFile, openErrorOf, remedyOf, runAsAnother } from '../support/foreign-file.ts';

const seen = "CREATE TABLE seen (id TEXT PRIMARY KEY, ts); INSERT INTO seen VALUES ('kept', 5)";

async function newFile(): Promise<string> {
  const path = newDatabasePath();
  await (await openStore(path)).close();
  return path;
}

describe('names that the store needs for itself', () => {
  test.each([
    ['a table seen_item', 'CREATE TABLE seen_item (id INTEGER, title)', /table "seen_item" is another program's/],
    ['a table in capitals', 'CREATE TABLE SEEN_POST (id)', /table "SEEN_POST" is another program's/],
    ['a view', 'CREATE VIEW seen_token AS SELECT 1 AS value', /view "seen_token" is another program's/],
    ['an index', 'CREATE TABLE t (a); CREATE INDEX seen_item_open ON t (a)', /index "seen_item_open" is another/],
    ['migrations of another shape', 'CREATE TABLE seen_migration (name TEXT)', /table "seen_migration" is another/],
    ['no migrations', 'CREATE TABLE seen_migration (version, applied_at)', /table "seen_migration" is another/],
    [
      'migrations with other numbers',
      'CREATE TABLE seen_migration (version, applied_at); INSERT INTO seen_migration VALUES (20260101, 5)',
      /table "seen_migration" is another/,
    ],
    [
      'migrations with words for numbers',
      "CREATE TABLE seen_migration (version, applied_at); INSERT INTO seen_migration VALUES ('init', 5)",
      /table "seen_migration" is another/,
    ],
  ])('%s of another program is refused by name, and its file stays as it is', async (_what, sql, message) => {
    const path = foreignFile(`${seen}; ${sql}`);
    const before = readFileSync(path);
    const error = await openErrorOf(path);
    expect(error.message).toMatch(message);
    expect(error.message).toContain('Set seen.path (path of openSeenStore) to a file');
    expect(readFileSync(path).equals(before)).toBe(true);
    runAsAnother(path, remedyOf(error));
    expect(await (await openStore(path)).filterUnseen(['kept', 'new'])).toEqual(['new']);
  });

  test('an index called seen is refused by name', async () => {
    const path = foreignFile('CREATE TABLE t (a); CREATE INDEX seen ON t (a)');
    const error = await openErrorOf(path);
    expect(error.message).toMatch(/index "seen" is another program's/);
    runAsAnother(path, remedyOf(error));
    await expect((await openStore(path)).markSeen('a')).resolves.toBeUndefined();
  });
});

describe('a file that a store has made', () => {
  test.each(['seen', 'seen_hold'])(
    'a file whose table %s is gone is refused, and works once it is made again',
    async (name) => {
      const path = await newFile();
      runAsAnother(path, `DROP TABLE ${name}`);
      const error = await openErrorOf(path);
      expect(error.message).toMatch(new RegExp(`table "${name}".* missing`));
      runAsAnother(path, remedyOf(error));
      const store = await openStore(path);
      await store.markSeen('a');
      expect(await store.isSeen('a')).toBe(true);
      expect(await store.holds.open('filings', ['b'])).toMatchObject({ ids: ['b'] });
    },
  );

  test('a file in which another program has replaced a table of ours is refused by name', async () => {
    const path = await newFile();
    runAsAnother(path, 'DROP TABLE seen_recovery; CREATE TABLE seen_recovery (note)');
    expect((await openErrorOf(path)).message).toMatch(/table "seen_recovery" is another program's/);
  });

  test('a file of a newer version opens, with what that version has added', async () => {
    const path = await newFile();
    runAsAnother(
      path,
      `INSERT INTO seen_migration VALUES (1000, 5); ALTER TABLE seen_item ADD COLUMN weight INTEGER;
       CREATE TABLE seen_later (a); ALTER TABLE seen ADD COLUMN feed TEXT`,
    );
    const store = await openStore(path);
    const claims = await store.claim(['a']);
    await store.commit(claims);
    expect(await store.filterUnseen(['a', 'new'])).toEqual(['new']);
  });
});
