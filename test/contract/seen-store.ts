import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { describe, expect, test } from 'vitest';

import { SeenInputError, SeenStoreClosedError, type Cycle } from '../../src/store/index.ts';
import type { SeenStore, SeenStoreOptions } from '../../src/store/index.ts';
import { RecordingLogger } from '../support/recording-logger.ts';
import { DAY_MS, NOON, settableClock } from '../support/settable-clock.ts';
import type { Backend } from './backend.ts';
import type { MarkingTask } from './marking-thread.ts';
import { openUntilFinished } from './stores.ts';

/** The contract of a `SeenStore`, for every backend to keep. */
export function describeSeenStore(backend: Backend): void {
  const openStore = (options?: SeenStoreOptions): Promise<SeenStore> => openUntilFinished(backend, options);

  describe(`the contract of a SeenStore, on ${backend.name}`, () => {
    describe('marking and asking', () => {
      test('on one thread, an id is seen once it has been marked', async () => {
        const store = await openStore();
        expect(await store.isSeen('a')).toBe(false);
        await store.markSeen('a');
        expect(await store.isSeen('a')).toBe(true);
        expect(await store.isSeen('A')).toBe(false);
      });

      test('five threads at once see what each of them marked', { timeout: 30_000 }, async () => {
        const options = backend.newDatabase();
        const store = await openStore(options);
        const ids = Array.from({ length: 5 }, (_, thread) => Array.from({ length: 20 }, (__, n) => `${thread}-${n}`));
        const reports = await Promise.all(ids.map((own) => runThread({ options, own })));
        expect(reports).toEqual([[], [], [], [], []]);
        expect(await store.filterUnseen([...ids.flat(), 'other'])).toEqual(['other']);
      });

      test('async contexts under Promise.all do not disturb each other', async () => {
        const store = await openStore();
        const ids = Array.from({ length: 200 }, (_, n) => `item-${n}`);
        await Promise.all(ids.map((id) => store.markSeen(id)));
        expect(await Promise.all(ids.map((id) => store.isSeen(id)))).toEqual(ids.map(() => true));
        const { rows } = await store.stats();
        expect(rows).toBe(200);
      });

      test('a second store on the same database sees what the first marked', async () => {
        const options = backend.newDatabase();
        const [one, other] = [await openStore(options), await openStore(options)];
        await one.markSeen('a');
        expect(await other.isSeen('a')).toBe(true);
      });

      test('what was marked outlives the store', async () => {
        const options = backend.newDatabase();
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
        const ids = Array.from({ length: 5_500 }, (_, n) => `id-${(n * 7_919) % 5_500}`);
        await store.markSeen(ids.filter((_, n) => n % 2 === 0));
        expect(await store.filterUnseen(ids)).toEqual(ids.filter((_, n) => n % 2 === 1));
      });

      test('ids are kept to the letter', async () => {
        const store = await openStore();
        const odd = ["it's", '"quoted"', '100%', 'a\nb', '😀', 'é', '1e3', '007', '[1]', 'null', ' a ', '\u2028'];
        await store.markSeen(odd);
        expect(await store.filterUnseen([...odd, 'a', '7', '1000', 'e'])).toEqual(['a', '7', '1000', 'e']);
      });
    });

    describe('ids that cannot be one', () => {
      const bad: readonly unknown[] = ['', undefined, null, 7, {}, 'x'.repeat(513), 'a\0b', '\ud800'];

      test.each(bad.map((id) => [id]))('%j is refused, and nothing of its batch is marked', async (id) => {
        const store = await openStore();
        const batch = ['good', id as string];
        await expect(store.markSeen(batch)).rejects.toThrow(SeenInputError);
        await expect(store.filterUnseen(batch)).rejects.toThrow(/index 1/);
        expect(await store.isSeen('good')).toBe(false);
      });

      test('isSeen answers false and logs is_seen_error', async () => {
        const logger = new RecordingLogger();
        const store = await openStore({ ...backend.newDatabase(), logger });
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

    describe('forgetting', () => {
      const manyIds = Array.from({ length: 20_000 }, (_, n) => `id-${n}`);

      test('purgeExpired removes what is older than the TTL, and nothing else', async () => {
        const clock = settableClock();
        const store = await openStore({ ...backend.newDatabase(), ttlDays: 7, clock });
        await store.markSeen('old', (NOON - 7 * DAY_MS) / 1000 - 1);
        await store.markSeen('just young enough', (NOON - 7 * DAY_MS) / 1000);
        await store.markSeen('new');
        expect(await store.purgeExpired()).toBe(1);
        expect(await store.filterUnseen(['old', 'just young enough', 'new'])).toEqual(['old']);
      });

      test('an id that has expired stays seen until a purge', async () => {
        const store = await openStore({ ...backend.newDatabase(), clock: settableClock() });
        await store.markSeen('old', 1);
        expect(await store.isSeen('old')).toBe(true);
      });

      test('marking again refreshes the time', async () => {
        const clock = settableClock();
        const store = await openStore({ ...backend.newDatabase(), ttlDays: 1, clock });
        await store.markSeen(['a', 'b']);
        clock.set(NOON + DAY_MS);
        await store.markSeen('a');
        clock.set(NOON + 1.5 * DAY_MS);
        expect(await store.purgeExpired()).toBe(1);
        expect(await store.filterUnseen(['a', 'b'])).toEqual(['b']);
      });

      test('countOlderThan tells what purge then removes, also over many chunks', async () => {
        const store = await openStore({ ...backend.newDatabase(), clock: settableClock() });
        const ids = Array.from({ length: 5_000 }, (_, n) => `id-${n}`);
        await store.markSeen(ids.slice(0, 3_000), NOON / 1000 - 100);
        await store.markSeen(ids.slice(3_000), NOON / 1000);
        const olderThan = new Date(NOON);
        expect(await store.countOlderThan(olderThan)).toBe(3_000);
        const progress: number[] = [];
        const onProgress = (deleted: number): void => void progress.push(deleted);
        expect(await store.purge({ olderThan, onProgress })).toEqual({ deleted: 3_000, finished: true });
        expect(progress.at(-1)).toBe(3_000);
        expect(progress.toSorted((one, other) => one - other)).toEqual(progress);
        expect(await store.countOlderThan(olderThan)).toBe(0);
        expect(await store.filterUnseen(ids)).toEqual(ids.slice(0, 3_000));
      });

      test('a purge that is aborted says so, and the next one finishes it', async () => {
        const store = await openStore({ ...backend.newDatabase(), clock: settableClock() });
        await store.markSeen(['a', 'b'], 1);
        const olderThan = new Date(NOON);
        expect(await store.purge({ olderThan, signal: AbortSignal.abort() })).toEqual({ deleted: 0, finished: false });
        expect(await store.purge({ olderThan })).toEqual({ deleted: 2, finished: true });
      });

      test('a purge that is aborted as soon as it was asked for ends early', async () => {
        const store = await openStore({ ...backend.newDatabase(), clock: settableClock() });
        await store.markSeen(manyIds, 1);
        const aborted = new AbortController();
        const purge = store.purge({ olderThan: new Date(NOON), signal: aborted.signal });
        aborted.abort();
        const { deleted, finished } = await purge;
        expect(finished).toBe(false);
        expect(deleted).toBeLessThan(manyIds.length);
      });

      test.each(['purge', 'purgeExpired'] as const)('%s ended halfway keeps what it did, and goes on', async (name) => {
        const store = await openStore({ ...backend.newDatabase(), ttlDays: 7, clock: settableClock() });
        await store.markSeen(manyIds, 1);
        const ended = new AbortController();
        const control = { signal: ended.signal, onProgress: () => ended.abort() };
        const first = name === 'purge' ? await store.purge(control) : { deleted: await store.purgeExpired(control) };
        const left = await store.countOlderThan(new Date(NOON));
        expect(first).toEqual({ deleted: manyIds.length - left, ...(name === 'purge' && { finished: false }) });
        expect(first.deleted).toBeGreaterThan(0);
        expect(left).toBeGreaterThan(0);
        expect(await store.purge()).toEqual({ deleted: left, finished: true });
      });

      test('a purge that the end of the store ends halfway says so, and the next start goes on', async () => {
        const options = { ...backend.newDatabase(), clock: settableClock() };
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

      test('an invalid date is refused', async () => {
        const store = await openStore();
        await store.markSeen('a', 1);
        await expect(store.purge({ olderThan: new Date(Number.NaN) })).rejects.toThrow(SeenInputError);
        await expect(store.countOlderThan(new Date(Number.NaN))).rejects.toThrow(SeenInputError);
        expect(await store.isSeen('a')).toBe(true);
      });

      test('what has expired goes in the background after the store opens', async () => {
        const options = { ...backend.newDatabase(), ttlDays: 7 };
        const first = await openStore({ ...options, clock: settableClock() });
        await first.markSeen(['a', 'b']);
        await first.close();
        const logger = new RecordingLogger();
        const later = await openStore({ ...options, logger, clock: settableClock(NOON + 8 * DAY_MS) });
        await expect.poll(() => logger.of('seen_store_purged')).toMatchObject([{ fields: { deleted: 2 } }]);
        expect(await later.isSeen('a')).toBe(false);
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

      test('rows, oldest and newest, over many chunks', async () => {
        const store = await openStore({ ...backend.newDatabase(), clock: settableClock() });
        await store.markSeen(Array.from({ length: 4_500 }, (_, n) => `id-${n}`));
        await store.markSeen('id-77', NOON / 1000 - 60);
        await store.markSeen('id-4444', NOON / 1000 + 60);
        expect(await store.stats()).toMatchObject({
          rows: 4_500,
          oldest: new Date(NOON - 60_000),
          newest: new Date(NOON + 60_000),
        });
      });

      test('today sums the cycles since midnight UTC, and the last one is shown whole', async () => {
        const store = await openStore({ ...backend.newDatabase(), clock: settableClock() });
        await store.cycles.record({ ...cycle, finishedAt: new Date(NOON - DAY_MS) });
        await store.cycles.record({ ...cycle, finishedAt: new Date(NOON - 60_000) });
        await store.cycles.record(cycle);
        const { today, lastCycle } = await store.stats();
        expect(today).toEqual({ total: 300, skipped: 240, enriched: 60, posted: 58, marked: 0, failed: 2, held: 0 });
        expect(lastCycle).toEqual(cycle);
      });
    });

    describe('closing', () => {
      test('closing twice, also at once, does nothing more', async () => {
        const store = await openStore();
        await Promise.all([store.close(), store.close()]);
        await expect(store.close()).resolves.toBeUndefined();
      });

      test('every call on a closed store says so; isSeen logs it and answers false', async () => {
        const logger = new RecordingLogger();
        const store = await openStore({ ...backend.newDatabase(), logger });
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

async function runThread(task: MarkingTask): Promise<unknown> {
  const worker = new Worker(new URL('marking-thread.ts', import.meta.url), { workerData: task });
  const exited = once(worker, 'exit');
  const [unseen] = (await once(worker, 'message')) as [unknown];
  await exited;
  return unseen;
}
