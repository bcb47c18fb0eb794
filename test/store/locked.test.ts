import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';

import { openSeenStore, SeenStoreBusyError, SeenStoreClosedError, type SeenStore } from '../../src/store/index.ts';
import { newDatabasePath } from '../support/database-file.ts';
import { holdWriteLock } from '../support/write-lock.ts';

interface LockedStore {
  readonly store: SeenStore;
  /** Lets the other process give the lock back. */
  readonly unlock: () => Promise<void>;
}

/** A store on a file whose write lock another process holds. */
async function storeUnderLock(busyTimeoutMs = 30_000): Promise<LockedStore> {
  const path = newDatabasePath();
  const store = await openSeenStore({ path, busyTimeoutMs });
  onTestFinished(() => store.close());
  return { store, unlock: await holdWriteLock(path) };
}

test('while a mark waits for the lock of another process, the event loop and the reads go on', async () => {
  const { store, unlock } = await storeUnderLock();
  const marked: string[] = [];
  const seen = new Set<boolean>();
  const marking = store.markSeen('a').then(() => marked.push('a'));
  // A write in this thread would wait for the lock in vain, and end in an error.
  const end = performance.now() + 200;
  for (let turns = 0; turns < 200 || performance.now() < end; turns += 1) {
    seen.add(await store.isSeen('a'));
    await nextTurn();
  }
  expect(marked).toEqual([]);
  expect([...seen]).toEqual([false]);
  await unlock();
  await marking;
  expect(await store.isSeen('a')).toBe(true);
});

test('a lock that is never released ends in an error that says how long it waited', async () => {
  const { store } = await storeUnderLock(60);
  const error = await store.markSeen('a').catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(SeenStoreBusyError);
  expect((error as SeenStoreBusyError).waitedMs).toBeGreaterThanOrEqual(60);
  expect(await store.isSeen('a')).toBe(false);
});

test('closing ends a write that still waits', async () => {
  const { store } = await storeUnderLock();
  const marking = expect(store.markSeen('a')).rejects.toThrow(SeenStoreClosedError);
  await store.close();
  await marking;
});
