import { describe, expect, test } from 'vitest';

import { SeenInputError, type SeenStore, type SeenStoreOptions } from '../../src/store/index.ts';
import { ids } from '../support/ids.ts';
import { settableClock } from '../support/settable-clock.ts';
import { DAY_MS, NOON } from '../support/times.ts';
import type { ContractBackend } from './backend.ts';
import { claimOne, idsOf, openPair, openUntilFinished } from './stores.ts';

/** The purge of seen ids, for every backend to keep. */
export function describePurging(backend: ContractBackend): void {
  const openStore = (options?: SeenStoreOptions): Promise<SeenStore> => openUntilFinished(backend, options);

  describe(`purging, on ${backend.name}`, () => {
    const manyIds = ids('id', 20_000);

    test('purgeExpired removes what is older than the TTL, and nothing else', async () => {
      const clock = settableClock();
      const store = await openStore({ ...(await backend.newDatabase()), ttlDays: 7, clock });
      await store.markSeen('old', (NOON - 7 * DAY_MS) / 1000 - 1);
      await store.markSeen('just young enough', (NOON - 7 * DAY_MS) / 1000);
      await store.markSeen('new');
      expect(await store.purgeExpired()).toBe(1);
      expect(await store.filterUnseen(['old', 'just young enough', 'new'])).toEqual(['old']);
    });

    test('an id that has expired stays seen until a purge', async () => {
      const store = await openStore({ ...(await backend.newDatabase()), clock: settableClock() });
      await store.markSeen('old', 1);
      expect(await store.isSeen('old')).toBe(true);
    });

    test('marking an id again refreshes its time', async () => {
      const clock = settableClock();
      const store = await openStore({ ...(await backend.newDatabase()), ttlDays: 1, clock });
      await store.markSeen(['a', 'b']);
      clock.set(NOON + DAY_MS);
      await store.markSeen('a');
      clock.set(NOON + 1.5 * DAY_MS);
      expect(await store.purgeExpired()).toBe(1);
      expect(await store.filterUnseen(['a', 'b'])).toEqual(['b']);
    });

    test('countOlderThan tells what purge then removes, also over many chunks', async () => {
      const store = await openStore({ ...(await backend.newDatabase()), clock: settableClock() });
      const marked = ids('id', 5_000);
      await store.markSeen(marked.slice(0, 3_000), NOON / 1000 - 100);
      await store.markSeen(marked.slice(3_000), NOON / 1000);
      const olderThan = new Date(NOON);
      expect(await store.countOlderThan(olderThan)).toBe(3_000);
      const progress: number[] = [];
      const onProgress = (deleted: number): void => void progress.push(deleted);
      expect(await store.purge({ olderThan, onProgress })).toEqual({ deleted: 3_000, finished: true });
      expect(progress.at(-1)).toBe(3_000);
      expect(progress.toSorted((one, other) => one - other)).toEqual(progress);
      expect(await store.countOlderThan(olderThan)).toBe(0);
      expect(await store.filterUnseen(marked)).toEqual(marked.slice(0, 3_000));
    });

    test('a purge that is aborted says so, and the next one finishes it', async () => {
      const store = await openStore({ ...(await backend.newDatabase()), clock: settableClock() });
      await store.markSeen(['a', 'b'], 1);
      const olderThan = new Date(NOON);
      expect(await store.purge({ olderThan, signal: AbortSignal.abort() })).toEqual({ deleted: 0, finished: false });
      expect(await store.purge({ olderThan })).toEqual({ deleted: 2, finished: true });
    });

    test('a purge that is aborted as soon as it was asked for ends early', async () => {
      const store = await openStore({ ...(await backend.newDatabase()), clock: settableClock() });
      await store.markSeen(manyIds, 1);
      const aborted = new AbortController();
      const purge = store.purge({ olderThan: new Date(NOON), signal: aborted.signal });
      aborted.abort();
      const { deleted, finished } = await purge;
      expect(finished).toBe(false);
      expect(deleted).toBeLessThan(manyIds.length);
    });

    test.each(['purge', 'purgeExpired'] as const)(
      'a %s whose signal aborts while it finds out what has expired removes nothing',
      async (name) => {
        const store = await openStore({ ...(await backend.newDatabase()), clock: settableClock() });
        await store.markSeen(manyIds, 1);
        const aborted = new AbortController();
        const purge = store[name]({ signal: aborted.signal });
        await Promise.resolve();
        aborted.abort();
        expect(await purge).toEqual(name === 'purge' ? { deleted: 0, finished: false } : 0);
        expect(await store.countOlderThan(new Date(NOON))).toBe(manyIds.length);
      },
    );

    describe('an onProgress that fails', () => {
      const callbacks = {
        throws: () => {
          throw new RangeError('not today');
        },
        // Its type allows no promise; a program without types may return one.
        rejects: () => Promise.reject(new RangeError('not today')) as never,
      } as const;

      test.each([
        ['purge', 'throws'],
        ['purge', 'rejects'],
        ['purgeExpired', 'throws'],
        ['purgeExpired', 'rejects'],
      ] as const)('a %s with one that %s ends early and rejects with its error', async (name, failure) => {
        const store = await openStore({ ...(await backend.newDatabase()), clock: settableClock() });
        await store.markSeen(manyIds, 1);
        await expect(store[name]({ onProgress: callbacks[failure] })).rejects.toThrow(new RangeError('not today'));
        const left = await store.countOlderThan(new Date(NOON));
        expect(left).toBeGreaterThan(0);
        expect(left).toBeLessThan(manyIds.length);
        expect(await store.purge({ olderThan: new Date(NOON) })).toEqual({ deleted: left, finished: true });
      });
    });

    test.each(['purge', 'purgeExpired'] as const)(
      'a %s that is ended halfway keeps what it did, and the next one goes on',
      async (name) => {
        const store = await openStore({
          ...(await backend.newDatabase()),
          ttlDays: 7,
          clock: settableClock(),
        });
        await store.markSeen(manyIds, 1);
        const ended = new AbortController();
        const control = { signal: ended.signal, onProgress: () => ended.abort() };
        const first = name === 'purge' ? await store.purge(control) : { deleted: await store.purgeExpired(control) };
        const left = await store.countOlderThan(new Date(NOON));
        expect(first).toEqual({ deleted: manyIds.length - left, ...(name === 'purge' && { finished: false }) });
        expect(first.deleted).toBeGreaterThan(0);
        expect(left).toBeGreaterThan(0);
        expect(await store.purge()).toEqual({ deleted: left, finished: true });
      },
    );

    test('a purge that the end of the store ends halfway says so, and the next start goes on', async () => {
      const options = { ...(await backend.newDatabase()), clock: settableClock() };
      const store = await openStore(options);
      await store.markSeen(manyIds, 1);
      let closed: Promise<void> | undefined;
      const onProgress = (): void => void (closed ??= store.close());
      const { deleted, finished } = await store.purge({ olderThan: new Date(NOON), onProgress });
      await closed;
      expect(finished).toBe(false);
      const next = await openStore({ ...options, ttlDays: 36_500 });
      const rest = await next.purge({ olderThan: new Date(NOON) });
      expect({ deleted: deleted + rest.deleted, finished: rest.finished }).toEqual({
        deleted: manyIds.length,
        finished: true,
      });
    });

    test('a purge older than an invalid date is refused', async () => {
      const store = await openStore();
      await store.markSeen('a', 1);
      await expect(store.purge({ olderThan: new Date(Number.NaN) })).rejects.toThrow(SeenInputError);
      await expect(store.countOlderThan(new Date(Number.NaN))).rejects.toThrow(SeenInputError);
      expect(await store.isSeen('a')).toBe(true);
    });

    test('a purge touches no claim, no retry and no dead letter', async () => {
      const { one, other } = await openPair(backend);
      const leased = await claimOne(one, 'leased');
      await one.release([await claimOne(one, 'released')], { error: '500', retryAt: new Date(NOON + 1) });
      await one.fail([await claimOne(one, 'failed')], 'no');
      await one.markSeen('seen', 1);
      expect(await one.purge({ olderThan: new Date(NOON) })).toEqual({ deleted: 1, finished: true });
      expect(idsOf(await other.claim(['leased', 'released', 'failed', 'seen']))).toEqual(['seen']);
      await one.commit([leased]);
    });
  });
}
