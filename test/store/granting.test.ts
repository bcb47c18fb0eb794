// What becomes of the items of a large claim when one of its parts fails.
import { describe, expect, onTestFinished, test } from 'vitest';

import type { Backend } from '../../src/store/backend.ts';
import type { Writes } from '../../src/store/port/writes.ts';
import { createSeenStore } from '../../src/store/core/store.ts';
import { SeenStoreBusyError, SeenStoreError, type SeenStore } from '../../src/store/index.ts';
import { resolveSqliteOptions } from '../../src/store/options.ts';
import { openSqlite } from '../../src/store/sqlite/open.ts';
import { newDatabasePath, openStore } from '../support/database-file.ts';
import { ids } from '../support/ids.ts';

const many = ids('item', 2_100);
const busy = new SeenStoreBusyError('claim', 30_000);

/** A store on SQLite of which some writes are others. */
async function storeWith(
  change: (writes: Writes) => Partial<Writes>,
): Promise<{ readonly store: SeenStore; readonly path: string }> {
  const path = newDatabasePath();
  const options = resolveSqliteOptions({ path }, {});
  const sqlite = await openSqlite(options);
  const backend: Backend = { ...sqlite, writes: { ...sqlite.writes, ...change(sqlite.writes) } };
  const store = createSeenStore(backend, options);
  onTestFinished(() => store.close());
  return { store, path };
}

/** The second of several grants fails. */
function secondFails<Args extends unknown[], Result>(grant: (...args: Args) => Promise<Result>) {
  let calls = 0;
  return (...args: Args): Promise<Result> => ((calls += 1) === 2 ? Promise.reject(busy) : grant(...args));
}

test('long lists of ids are marked, touched and looked up in parts', async () => {
  const sizes: number[] = [];
  const { store } = await storeWith((writes) => ({
    markSeen: (part, ts) => {
      sizes.push(part.length);
      return writes.markSeen(part, ts);
    },
  }));
  const list = ids('listed', 25_000);
  await store.markSeen(list);
  expect(sizes).toEqual([10_000, 10_000, 5_000]);
  await store.touch(list);
  expect(await store.filterUnseen(['new', ...list, 'newer', 'new'])).toEqual(['new', 'newer']);
});

describe('a part of a claim that fails', () => {
  test('the parts before it are released, and the attempt does not count', async () => {
    const { store, path } = await storeWith((writes) => ({ claim: secondFails(writes.claim) }));
    await expect(store.claim(many)).rejects.toBe(busy);
    const other = await openStore(path);
    expect(await other.ledger.counts()).toEqual({ waiting: 1_000, active: 0, failed: 0 });
    expect(await other.claim(['item-00000'])).toMatchObject([{ attempt: 1 }]);
  });

  test('so are those of what waited', async () => {
    const { store, path } = await storeWith((writes) => ({ claimWaiting: secondFails(writes.claimWaiting) }));
    await store.release(await store.claim(many));
    await expect(store.claimWaiting({ limit: 2_000 })).rejects.toBe(busy);
    expect(await (await openStore(path)).ledger.counts()).toEqual({ waiting: 2_100, active: 0, failed: 0 });
  });

  test('a release that fails as well is told beside it', async () => {
    const refusal = new SeenStoreError('release', 'release failed: the disk is full.');
    const { store } = await storeWith((writes) => ({
      claim: secondFails(writes.claim),
      change: () => Promise.reject(refusal),
    }));
    const error: unknown = await store.claim(many).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(SeenStoreError);
    expect((error as Error).message).toMatch(/waited 30000 ms.*1000 items.*until their leases run out.*disk is full/);
    expect((error as Error).cause).toMatchObject({ errors: [busy, refusal] });
  });
});
