import { copyFileSync, existsSync, renameSync, rmSync, statSync } from 'node:fs';
import BetterSqlite3 from 'better-sqlite3';
import { describe, expect, onTestFinished, test } from 'vitest';

import { SeenClaimLostError, SeenStoreOpenError, type SeenStore } from '../../src/store/index.ts';
import { newDatabasePath, openStore } from '../support/database-file.ts';
import { ids } from '../support/ids.ts';
import { OwnerProcess } from '../support/owner-process.ts';

const before = ids('before', 100);
const after = ids('after', 100);

/** Ways in which the log of a running store goes away. */
const ways: Readonly<Record<string, (path: string) => void>> = {
  'its log is deleted': (path) => rmSync(`${path}-wal`),
  'its shared memory is deleted': (path) => rmSync(`${path}-shm`),
  'its log and shared memory are deleted': (path) => {
    for (const suffix of ['-wal', '-shm']) rmSync(`${path}${suffix}`);
  },
  'its log is renamed': (path) => renameSync(`${path}-wal`, `${path}-wal.old`),
  'its log is replaced by a copy': (path) => {
    copyFileSync(`${path}-wal`, `${path}-copy`);
    renameSync(`${path}-copy`, `${path}-wal`);
  },
};

async function unseenBy(path: string, all: readonly string[]): Promise<string[]> {
  const store = await openStore(path);
  const unseen = await store.filterUnseen(all);
  await store.close();
  return unseen;
}

/** Brings everything into the file and deletes the log, as the last program does that closes a database. */
function openAndCloseAlone(path: string): void {
  const db = new BetterSqlite3(path);
  db.prepare('SELECT count(*) FROM seen').get();
  db.close();
}

describe('a log that goes away under the store', () => {
  test.each(Object.entries(ways))('nothing that was acknowledged is lost when %s', async (_, remove) => {
    const path = newDatabasePath();
    const one = await OwnerProcess.start({ path });
    await one.mark(before);
    remove(path);
    await one.mark(after);
    const other = await OwnerProcess.start({ path });
    const granted = [await one.claim(['x', 'y']), await other.claim(['x', 'y'])];
    expect(granted.map(({ length }) => length)).toEqual([2, 0]);
    await one.kill();
    await other.kill();
    expect(await unseenBy(path, [...before, ...after, 'new'])).toEqual(['new']);
  });

  test('a store that is opened while the log of another is missing waits until that one has restored it', async () => {
    const path = newDatabasePath();
    const one = await OwnerProcess.start({ path });
    await one.mark(before);
    await one.claim(['claimed']);
    for (const suffix of ['-wal', '-shm']) rmSync(`${path}${suffix}`);
    const store = await openStore(path);
    expect(await store.filterUnseen([...before, 'new'])).toEqual(['new']);
    expect(await store.claim(['claimed'])).toEqual([]);
  });

  test('a store that is opened while a file is missing that a stopped process has refuses to begin a new one', async () => {
    const path = newDatabasePath();
    const one = await OwnerProcess.start({ path });
    await one.mark(before);
    one.stop();
    rmSync(path);
    await expect(openStore(path)).rejects.toThrow(SeenStoreOpenError);
    expect(existsSync(path)).toBe(false);
    one.resume();
    expect(await unseenBy(path, [...before, 'new'])).toEqual(['new']);
  });

  test('a copy made by the bot itself, and a program that then takes itself for the last one, lose nothing', async () => {
    const path = newDatabasePath();
    const one = await OwnerProcess.start({ path });
    await one.mark(before);
    await one.copy(path, `${path}.copy`);
    openAndCloseAlone(path);
    await one.mark(after);
    const claims = await one.claim(['item']);
    const other = await OwnerProcess.start({ path });
    expect(await other.claim(['item'])).toEqual([]);
    await one.commit(claims);
    await one.kill();
    await other.kill();
    expect(await unseenBy(path, [...before, ...after, 'item', 'new'])).toEqual(['new']);
  });

  test('what several stores were told is kept when the file is deleted while all of them write', async () => {
    const path = newDatabasePath();
    const stores = await Promise.all([openStore(path), openStore(path), openStore(path)]);
    for (const store of stores) await store.markSeen('the writer thread runs');
    const writer = async (store: SeenStore, name: string): Promise<string[]> => {
      const acknowledged = ids(name, 60);
      for (const id of acknowledged) await store.markSeen(id);
      return acknowledged;
    };
    const writing = Promise.all(stores.map((store, n) => writer(store, `store-${n}`)));
    for (let round = 0; round < 6; round += 1) {
      await stores[round % 3]?.markSeen(`round-${round}`);
      rmSync(path, { force: true });
      if (round % 2 === 0) rmSync(`${path}-wal`, { force: true });
    }
    const acknowledged = (await writing).flat();
    expect(acknowledged).toHaveLength(180);
    for (const store of stores) await store.close();
    expect(await unseenBy(path, [...acknowledged, 'new'])).toEqual(['new']);
  });

  test('a late owner is refused although the claim was granted in a file that was lost since', async () => {
    const path = newDatabasePath();
    const [late, present] = [await openStore(path), await openStore(path)];
    const claims = await late.claim(['item'], { leaseMs: 1 });
    for (const suffix of ['', '-wal', '-shm']) rmSync(`${path}${suffix}`);
    await expect.poll(() => present.claim(['item'])).toHaveLength(1);
    await expect(late.commit(claims)).rejects.toThrow(SeenClaimLostError);
  });

  test('a log that a long reader let grow is small again after the reader has gone, without another write', async () => {
    const path = newDatabasePath();
    const store = await openStore(path);
    await store.markSeen('a');
    const reader = new BetterSqlite3(path);
    onTestFinished(() => void reader.close());
    reader.exec('BEGIN');
    reader.prepare('SELECT count(*) FROM seen').get();
    const long = 'x'.repeat(400);
    for (let n = 0; n < 12; n += 1) await store.markSeen(ids(`${n}-${long}`, 5_000));
    expect(statSync(`${path}-wal`).size).toBeGreaterThan(20_000_000);
    reader.exec('COMMIT');
    await expect.poll(() => statSync(`${path}-wal`).size).toBeLessThan(20_000_000);
  });
});
