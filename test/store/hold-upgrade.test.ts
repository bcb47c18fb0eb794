import BetterSqlite3 from 'better-sqlite3';
import { expect, test } from 'vitest';

import { newDatabasePath, openStore } from '../support/database-file.ts';
import { takeBackTo010 } from '../support/version-0-1-0.ts';

/** A file of version 0.1.0 with a hold that is open, one that is decided and one that was carried out. */
async function earlierFile(): Promise<string> {
  const path = newDatabasePath();
  const store = await openStore(path);
  const past = await store.holds.open('open', ['x']);
  await store.holds.finish(past.id);
  await store.holds.open('open', ['a', 'b']);
  const decided = await store.holds.open('decided', ['c']);
  await store.holds.decide(decided.id, 'post', 'user');
  await store.close();
  takeBackTo010(path);
  return path;
}

test('the holds of an earlier file stay as they were, and each gets a name', async () => {
  const store = await openStore(await earlierFile());
  const [open, decided, ...others] = await store.holds.list();
  expect(others).toEqual([]);
  expect(open).toMatchObject({ id: 2, feed: 'open', ids: ['a', 'b'], decision: null, questions: [] });
  expect(decided).toMatchObject({ id: 3, feed: 'decided', ids: ['c'], decision: 'post', decidedBy: 'user' });
  expect(open?.name).toMatch(/^[0-9a-f]{32}$/);
  expect(decided?.name).toMatch(/^[0-9a-f]{32}$/);
  expect(decided?.name).not.toBe(open?.name);
  expect(await store.holds.decide(open?.name ?? '', 'mark', 'user')).toMatchObject({ id: 2, decision: 'mark' });
});

test('the number of a new hold is none of an earlier file', async () => {
  const store = await openStore(await earlierFile());
  expect((await store.holds.open('next', ['d'])).id).toBe(4);
});

test('two copies of an earlier file give their holds different names', async () => {
  const names = await Promise.all(
    [await earlierFile(), await earlierFile()].map(async (path) => {
      const [hold] = await (await openStore(path)).holds.list();
      return hold?.name;
    }),
  );
  expect(new Set(names).size).toBe(2);
});

test('a hold that a process of the earlier version opens beside this one gets a name', async () => {
  const path = await earlierFile();
  const store = await openStore(path);
  const db = new BetterSqlite3(path);
  db.exec(`INSERT INTO seen_hold (feed, created_at, ids) VALUES ('beside', 0, '["e"]')`);
  db.close();
  const hold = await store.holds.current('beside');
  expect(hold?.name).toMatch(/^[0-9a-f]{32}$/);
  expect(await store.holds.decide(hold?.name ?? '', 'post', 'user')).toMatchObject({ feed: 'beside' });
});
