// Tokens and the fence, whatever became of the file: what other programs do to it is done here.
import { copyFileSync } from 'node:fs';
import BetterSqlite3 from 'better-sqlite3';
import { describe, expect, onTestFinished, test } from 'vitest';

import { openSeenStore, SeenClaimLostError, type SeenStore } from '../../src/store/index.ts';
import { newDatabasePath } from '../support/database-file.ts';
import { settableClock } from '../support/settable-clock.ts';
import { HOUR_MS, MINUTE_MS } from '../support/times.ts';
import { takeBackTo010 } from '../support/version-0-1-0.ts';

const clock = settableClock();

async function openAt(path: string): Promise<SeenStore> {
  const store = await openSeenStore({ path, clock });
  onTestFinished(() => store.close());
  return store;
}

function execute(path: string, sql: string): void {
  const db = new BetterSqlite3(path);
  db.exec(sql);
  db.close();
}

describe('tables that somebody emptied under a running store', () => {
  test.each([
    ['the counter', 'DELETE FROM seen_token'],
    ['the items', 'DELETE FROM seen_item'],
    ['both', 'DELETE FROM seen_item; DELETE FROM seen_token'],
    ['the counter, which is set to 0', 'UPDATE seen_token SET value = 0'],
    ['the counter, which is there twice', 'INSERT INTO seen_token VALUES (3)'],
  ])('without %s, tokens go on, and the late owner is refused', async (_, sql) => {
    const path = newDatabasePath();
    const [late, present] = [await openAt(path), await openAt(path)];
    const first = await late.claim(['item'], { leaseMs: 1_000 });
    execute(path, sql);
    clock.advance(MINUTE_MS);
    const second = await present.claim(['item']);
    expect(second).toHaveLength(1);
    expect(second[0]?.token).toBeGreaterThan(first[0]?.token ?? Infinity);
    await expect(late.commit(first)).rejects.toThrow(SeenClaimLostError);
    await present.renew(second);
    await present.commit(second);
  });

  test('a missing counter is written, and no lower than the items’ tokens, by a clock that was set back', async () => {
    const path = newDatabasePath();
    const store = await openAt(path);
    const [before] = await store.claim(['a']);
    await store.close();
    execute(path, 'DELETE FROM seen_token');
    clock.advance(-HOUR_MS);
    const [after] = await (await openAt(path)).claim(['b']);
    expect(after?.token).toBe((before?.token ?? Infinity) + 1);
    const db = new BetterSqlite3(path, { readonly: true });
    onTestFinished(() => void db.close());
    expect(db.prepare('SELECT value FROM seen_token').pluck().all()).toEqual([after?.token]);
  });
});

describe('a file that takes the place of another', () => {
  test('an older copy gives no token again', async () => {
    const [path, copy] = [newDatabasePath(), newDatabasePath()];
    const first = await openAt(path);
    await first.claim(['warm']);
    await first.close();
    copyFileSync(path, copy);
    const late = await openAt(path);
    const [lost] = await late.claim(['item']);
    clock.advance(MINUTE_MS);
    const [present] = await (await openAt(copy)).claim(['item']);
    expect(present?.token).toBeGreaterThan(lost?.token ?? Infinity);
  });

  test('two files that give the same token at the same moment are told apart by the owner', async () => {
    const [path, other] = [newDatabasePath(), newDatabasePath()];
    const [late] = await (await openAt(path)).claim(['item']);
    const [present] = await (await openAt(other)).claim(['item']);
    expect(present?.token).toBe(late?.token);
    const third = await openAt(other);
    const claims = late === undefined ? [] : [late];
    await expect(third.commit(claims)).rejects.toThrow(/belongs to the claim of another store/);
    expect(await third.isSeen('item')).toBe(false);
  });

  test('one store gives no token twice, although its tables begin anew while the clock stands still', async () => {
    const path = newDatabasePath();
    const store = await openAt(path);
    const late = await store.claim(['item']);
    execute(path, 'DELETE FROM seen_item; DELETE FROM seen_token');
    const present = await store.claim(['item']);
    expect(present[0]?.token).toBeGreaterThan(late[0]?.token ?? Infinity);
    await expect(store.commit(late)).rejects.toThrow(SeenClaimLostError);
    await store.commit(present);
  });
});

describe('a file of version 0.1.0', () => {
  test.each([
    ['is under way', 0, []],
    ['was made while the clock was ahead', -HOUR_MS, ['a']],
    ['has run out', MINUTE_MS, ['a']],
  ])('a lease that %s is the same to the new version', async (_, ms, granted) => {
    const path = newDatabasePath();
    const earlier = await openAt(path);
    await earlier.claim([{ id: 'a', payload: 1 }]);
    await earlier.release(await earlier.claim(['released']));
    await earlier.close();
    takeBackTo010(path);
    clock.advance(ms);
    const store = await openAt(path);
    expect(await store.ledger.counts()).toMatchObject({ waiting: 1 + granted.length, active: 1 - granted.length });
    expect((await store.claimWaiting()).map(({ id }) => id).toSorted()).toEqual([...granted, 'released']);
  });
});
