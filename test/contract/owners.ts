import { describe, expect, test } from 'vitest';

import { Random } from '../../local/random.ts';
import type { SeenStoreOptions } from '../../src/store/index.ts';
import { ids } from '../support/ids.ts';
import { containers, OwnerProcess } from '../support/owner-process.ts';
import type { ClaimingTask } from '../support/programs/claiming-thread.ts';
import { linux } from '../support/requirement.ts';
import { settableClock } from '../support/settable-clock.ts';
import { resultOfThread } from '../support/threads.ts';
import { HOUR_MS } from '../support/times.ts';
import type { ContractBackend } from './backend.ts';
import { idsOf, openPair, openUntilFinished } from './stores.ts';

const THREADS = 5;
const items = ids('item', 200);

/** One claim wins, whoever else claims, and however the owner ends. For every backend to keep. */
export function describeOwners(backend: ContractBackend): void {
  describe(`owners, on ${backend.name}`, () => {
    describe('ids that several claim at the same time', () => {
      test(`${THREADS} threads get each of 200 ids once`, async () => {
        expectEachOnce(await claimInThreads(await backend.newDatabase()));
      });

      test('6 processes that want 200 ids in different orders get each of them once', async () => {
        const options = await backend.newDatabase();
        const seeds = [1, 2, 3, 4, 5, 6];
        const owners = await Promise.all(seeds.map(() => OwnerProcess.start(options)));
        const shuffled = seeds.map((seed) => new Random(seed).sample(items, items.length));
        const granted = await Promise.all(owners.map((owner, index) => owner.claimInBatches(shuffled[index] ?? [])));
        expectEachOnce(granted.map(idsOf));
      });

      test('two stores in one process get each of 200 ids once', async () => {
        const { one, other } = await openPair(backend);
        const calls = items.flatMap((id) => [one.claim([id]), other.claim([id])]);
        expectEachOnce((await Promise.all(calls)).map(idsOf));
      });

      test('batches that overlap get each of 200 ids once', async () => {
        const { one, other } = await openPair(backend);
        const batches = [
          one.claim(items.slice(0, 150)),
          other.claim(items.slice(50)),
          one.claim(items),
          other.claim(items),
        ];
        expectEachOnce((await Promise.all(batches)).map(idsOf));
      });
    });

    describe('a process that lives', () => {
      test('a process that lives keeps its lease', async () => {
        const options = await backend.newDatabase();
        const owner = await OwnerProcess.start(options);
        const claims = await owner.claim(['a']);
        const store = await openUntilFinished(backend, options);
        expect(await store.claim(['a'])).toEqual([]);
        expect(await store.claimWaiting()).toEqual([]);
        await owner.commit(claims);
        expect(await store.isSeen('a')).toBe(true);
      });

      test('a process that lives loses its lease once it has run out, and its late commit is refused', async () => {
        const options = await backend.newDatabase();
        const owner = await OwnerProcess.start(options);
        const claims = await owner.claim(['a']);
        const clock = settableClock(Date.now() + 2 * HOUR_MS);
        const store = await openUntilFinished(backend, { ...options, clock });
        expect(idsOf(await store.claim(['a']))).toEqual(['a']);
        await expect(owner.commit(claims)).rejects.toThrow('SEEN_CLAIM_LOST');
        expect(await store.isSeen('a')).toBe(false);
      });
    });

    describe.skipIf(linux.missing)(`a process that has ended${linux.note}`, () => {
      test('the items of a process that was killed are free at once for whoever claims next', async () => {
        const options = await backend.newDatabase();
        const owner = await OwnerProcess.start(options);
        const [killed] = await owner.claim(['a', 'b', 'c']);
        await owner.kill();
        const store = await openUntilFinished(backend, options);
        expect(await store.claim(['a'])).toMatchObject([{ id: 'a' }]);
        expect(idsOf(await store.claimWaiting())).toEqual(['b', 'c']);
        await expect(store.commit([killed].filter((claim) => claim !== undefined))).rejects.toThrow(/is not the live/);
      });

      test('a process that was killed frees nothing of another process beside it', async () => {
        const options = await backend.newDatabase();
        const [dying, living] = [await OwnerProcess.start(options), await OwnerProcess.start(options)];
        await dying.claim(['a']);
        await living.claim(['b']);
        await dying.kill();
        const store = await openUntilFinished(backend, options);
        expect(idsOf(await store.claim(['a', 'b']))).toEqual(['a']);
        expect(await store.claimWaiting()).toEqual([]);
      });

      test('the items of a process that was killed come before nobody, although its lease has not run out', async () => {
        const options = await backend.newDatabase();
        const owner = await OwnerProcess.start(options);
        await owner.claim(['a']);
        const store = await openUntilFinished(backend, options);
        const [claim] = await store.claim(['b']);
        if (claim === undefined) throw new Error('b was not granted');
        expect(await store.isBehindOtherOwner(claim)).toBe(true);
        await owner.kill();
        expect(await store.isBehindOtherOwner(claim)).toBe(false);
      });

      test('the process that takes the place of one that was killed resumes its items at once', async () => {
        const options = await backend.newDatabase();
        const first = await OwnerProcess.start(options);
        await first.claim(['a']);
        await first.kill();
        const second = await OwnerProcess.start(options);
        const claims = await second.claim(['a']);
        expect(claims).toMatchObject([{ id: 'a' }]);
        await second.commit(claims);
        await second.close();
      });

      test('a process that ends in good order, but without a release, frees its items, too', async () => {
        const options = await backend.newDatabase();
        const owner = await OwnerProcess.start(options);
        await owner.claim(['a']);
        await owner.close();
        expect(idsOf(await (await openUntilFinished(backend, options)).claim(['a']))).toEqual(['a']);
      });
    });

    test.skipIf(containers.missing)(
      `a process of another container is never taken for dead${containers.note}`,
      async () => {
        const options = await backend.newDatabase();
        const owner = await OwnerProcess.start(options, { contained: true });
        expect(idsOf(await owner.claim(['a']))).toEqual(['a']);
        await owner.kill();
        expect(await (await openUntilFinished(backend, options)).claim(['a'])).toEqual([]);
        const clock = settableClock(Date.now() + 2 * HOUR_MS);
        const later = await openUntilFinished(backend, { ...options, clock });
        expect(idsOf(await later.claim(['a']))).toEqual(['a']);
      },
    );
  });
}

function expectEachOnce(granted: readonly (readonly string[])[]): void {
  expect(granted.flat().toSorted()).toEqual(items.toSorted());
}

function claimInThreads(options: SeenStoreOptions): Promise<string[][]> {
  const ready = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  const task: ClaimingTask = { options, ids: items, ready, threads: THREADS };
  return Promise.all(Array.from({ length: THREADS }, () => resultOfThread<string[]>('claiming-thread.ts', task)));
}
