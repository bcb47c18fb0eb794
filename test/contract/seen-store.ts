import { describe, expect, test } from 'vitest';

import { SeenInputError, SeenStoreClosedError, type Cycle } from '../../src/store/index.ts';
import type { SeenStore, SeenStoreOptions } from '../../src/store/index.ts';
import { ids } from '../support/ids.ts';
import type { MarkingTask } from '../support/programs/marking-thread.ts';
import { RecordingLogger } from '../support/recording-logger.ts';
import { settableClock } from '../support/settable-clock.ts';
import { resultOfThread } from '../support/threads.ts';
import { DAY_MS, NOON } from '../support/times.ts';
import type { ContractBackend } from './backend.ts';
import { openUntilFinished } from './stores.ts';

/** The contract of a `SeenStore`, for every backend to keep. */
export function describeSeenStore(backend: ContractBackend): void {
  const openStore = (options?: SeenStoreOptions): Promise<SeenStore> => openUntilFinished(backend, options);

  describe(`the contract of a SeenStore, on ${backend.name}`, () => {
    describe('marking and asking', () => {
      test('an id is seen once it has been marked', async () => {
        const store = await openStore();
        expect(await store.isSeen('a')).toBe(false);
        await store.markSeen('a');
        expect(await store.isSeen('a')).toBe(true);
        expect(await store.isSeen('A')).toBe(false);
      });

      test('five threads at once see what each of them marked', async () => {
        const options = await backend.newDatabase();
        const store = await openStore(options);
        const marks = ['a', 'b', 'c', 'd', 'e'].map((thread) => ids(thread, 20));
        const reports = await Promise.all(marks.map((own) => markInThread({ options, own })));
        expect(reports).toEqual([[], [], [], [], []]);
        expect(await store.filterUnseen([...marks.flat(), 'other'])).toEqual(['other']);
      });

      test('async contexts under Promise.all do not disturb each other', async () => {
        const store = await openStore();
        const marks = ids('item', 200);
        await Promise.all(marks.map((id) => store.markSeen(id)));
        expect(await Promise.all(marks.map((id) => store.isSeen(id)))).toEqual(marks.map(() => true));
        const { rows } = await store.stats();
        expect(rows).toBe(200);
      });

      test('a second store on the same database sees what the first marked', async () => {
        const options = await backend.newDatabase();
        const [one, other] = [await openStore(options), await openStore(options)];
        await one.markSeen('a');
        expect(await other.isSeen('a')).toBe(true);
      });

      test('what was marked outlives the store', async () => {
        const options = await backend.newDatabase();
        const first = await openStore(options);
        await first.markSeen(['a', 'b']);
        await first.close();
        expect(await (await openStore(options)).filterUnseen(['a', 'b', 'c'])).toEqual(['c']);
      });

      test('filterUnseen keeps the input order and drops repeats', async () => {
        const store = await openStore();
        await store.markSeen(['b', 'd']);
        expect(await store.filterUnseen(['e', 'b', 'a', 'e', 'd', 'c', 'a'])).toEqual(['e', 'a', 'c']);
        expect(await store.filterUnseen([])).toEqual([]);
      });

      test('a batch larger than any chunk comes back whole and in order', async () => {
        const store = await openStore();
        const batch = Array.from({ length: 5_500 }, (_, n) => `id-${(n * 7_919) % 5_500}`);
        await store.markSeen(batch.filter((_, n) => n % 2 === 0));
        expect(await store.filterUnseen(batch)).toEqual(batch.filter((_, n) => n % 2 === 1));
      });

      test('marked ids are kept to the letter', async () => {
        const store = await openStore();
        const odd = ["it's", '"quoted"', '100%', 'a\nb', '😀', 'é', '1e3', '007', '[1]', 'null', ' a ', '\u2028'];
        await store.markSeen(odd);
        expect(await store.filterUnseen([...odd, 'a', '7', '1000', 'e'])).toEqual(['a', '7', '1000', 'e']);
      });
    });

    describe('ids that cannot be one', () => {
      const bad: readonly unknown[] = ['', undefined, null, 7, {}, 'x'.repeat(513), 'a\0b', '\ud800'];

      test.each(bad.map((id) => [id]))('the id %j is refused, and nothing of its batch is marked', async (id) => {
        const store = await openStore();
        const batch = ['good', id as string];
        await expect(store.markSeen(batch)).rejects.toThrow(SeenInputError);
        await expect(store.filterUnseen(batch)).rejects.toThrow(/index 1/);
        expect(await store.isSeen('good')).toBe(false);
      });

      test('isSeen of such an id answers false and logs is_seen_error', async () => {
        const logger = new RecordingLogger();
        const store = await openStore({ ...(await backend.newDatabase()), logger });
        expect(await store.isSeen('')).toBe(false);
        expect(logger.of('is_seen_error')).toMatchObject([{ level: 'error', fields: { id: '' } }]);
      });

      test('a time that is no Unix time in seconds is refused', async () => {
        const store = await openStore();
        for (const ts of [-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) {
          await expect(store.markSeen('a', ts)).rejects.toThrow(SeenInputError);
        }
        expect(await store.isSeen('a')).toBe(false);
      });
    });

    describe('statistics', () => {
      const cycle: Cycle = {
        feed: 'filings',
        startedAt: new Date(NOON - 5_000),
        finishedAt: new Date(NOON),
        total: 150,
        skipped: 120,
        enriched: 30,
        posted: 29,
        marked: 0,
        failed: 1,
        held: 0,
      };

      test('an empty store has no rows, no times and no cycle', async () => {
        const store = await openStore();
        expect(await store.stats()).toMatchObject({ rows: 0, oldest: null, newest: null, lastCycle: null, ttlDays: 7 });
      });

      test('rows, oldest and newest are right over many chunks', async () => {
        const store = await openStore({ ...(await backend.newDatabase()), clock: settableClock() });
        await store.markSeen(ids('id', 4_500));
        await store.markSeen('id-00077', NOON / 1000 - 60);
        await store.markSeen('id-04444', NOON / 1000 + 60);
        expect(await store.stats()).toMatchObject({
          rows: 4_500,
          oldest: new Date(NOON - 60_000),
          newest: new Date(NOON + 60_000),
        });
      });

      test('today sums the cycles since midnight UTC, and the last cycle is shown whole', async () => {
        const store = await openStore({ ...(await backend.newDatabase()), clock: settableClock() });
        await store.cycles.record({ ...cycle, finishedAt: new Date(NOON - DAY_MS) });
        await store.cycles.record({ ...cycle, finishedAt: new Date(NOON - 60_000) });
        await store.cycles.record(cycle);
        const { today, lastCycle } = await store.stats();
        expect(today).toEqual({ total: 300, skipped: 240, enriched: 60, posted: 58, marked: 0, failed: 2, held: 0 });
        expect(lastCycle).toEqual(cycle);
      });
    });

    describe('closing', () => {
      test('closing a store again, also at the same time, does nothing more', async () => {
        const store = await openStore();
        await Promise.all([store.close(), store.close()]);
        await expect(store.close()).resolves.toBeUndefined();
      });

      test('every call on a closed store says so, and isSeen logs it and answers false', async () => {
        const logger = new RecordingLogger();
        const store = await openStore({ ...(await backend.newDatabase()), logger });
        await store.markSeen('a');
        await store.close();
        await expect(store.markSeen('a')).rejects.toThrow(SeenStoreClosedError);
        await expect(store.filterUnseen(['a'])).rejects.toThrow(SeenStoreClosedError);
        await expect(store.purge()).rejects.toThrow(SeenStoreClosedError);
        await expect(store.countOlderThan(new Date())).rejects.toThrow(SeenStoreClosedError);
        await expect(store.stats()).rejects.toThrow(SeenStoreClosedError);
        await expect(store.cycles.record(cycleNow())).rejects.toThrow(SeenStoreClosedError);
        expect(await store.isSeen('a')).toBe(false);
        expect(logger.of('mark_seen_error')).toHaveLength(1);
        expect(logger.of('is_seen_error')).toHaveLength(1);
        expect(logger.of('seen_store_connection_closed')).toHaveLength(1);
      });
    });
  });
}

function cycleNow(): Cycle {
  const now = new Date(NOON);
  const counts = { total: 0, skipped: 0, enriched: 0, posted: 0, marked: 0, failed: 0, held: 0 };
  return { feed: 'filings', startedAt: now, finishedAt: now, ...counts };
}

/** Returns what the thread does not see of its own marks. */
function markInThread(task: MarkingTask): Promise<string[]> {
  return resultOfThread('marking-thread.ts', task);
}
