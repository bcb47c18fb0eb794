import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { describe, expect, test } from 'vitest';

import type { SeenStoreOptions } from '../../src/store/index.ts';
import { settableClock } from '../support/settable-clock.ts';
import type { Backend } from './backend.ts';
import type { ClaimingTask } from './claiming-thread.ts';
import { hasContainers, OwnerProcess } from './owner-process.ts';
import { idsOf, openPair, openUntilFinished } from './stores.ts';

const THREADS = 5;
const ids = Array.from({ length: 200 }, (_, n) => `item-${n}`);
const knowsProcesses = process.platform === 'linux';
const contained = hasContainers ? '' : ' (skipped: no right to make namespaces)';
const onLinux = knowsProcesses ? '' : ' (skipped: only Linux tells for certain)';

/** One claim wins, whoever else claims, and however the owner ends. For every backend to keep. */
export function describeOwners(backend: Backend): void {
  describe(`owners, on ${backend.name}`, () => {
    describe('200 ids are granted once', () => {
      test(`to ${THREADS} threads at the same time`, { timeout: 30_000 }, async () => {
        expectEachOnce(await claimInThreads(backend.newDatabase()));
      });

      test('to 3 processes at the same time', { timeout: 30_000 }, async () => {
        const options = backend.newDatabase();
        const owners = await Promise.all([0, 1, 2].map(() => OwnerProcess.start(options)));
        const granted = await Promise.all(owners.map((owner) => owner.claimEach(ids)));
        expectEachOnce(granted.map(idsOf));
      });

      test('to two stores in one process', async () => {
        const { one, other } = await openPair(backend);
        const calls = ids.flatMap((id) => [one.claim([id]), other.claim([id])]);
        expectEachOnce((await Promise.all(calls)).map(idsOf));
      });

      test('to whole batches that overlap', async () => {
        const { one, other } = await openPair(backend);
        const batches = [one.claim(ids.slice(0, 150)), other.claim(ids.slice(50)), one.claim(ids), other.claim(ids)];
        expectEachOnce((await Promise.all(batches)).map(idsOf));
      });
    });

    describe('a process that lives', () => {
      test('keeps its lease', async () => {
        const options = backend.newDatabase();
        const owner = await OwnerProcess.start(options);
        const claims = await owner.claim(['a']);
        const store = await openUntilFinished(backend, options);
        expect(await store.claim(['a'])).toEqual([]);
        expect(await store.claimWaiting()).toEqual([]);
        await owner.commit(claims);
        expect(await store.isSeen('a')).toBe(true);
      });

      test('loses it once it has run out, and its late commit is refused', async () => {
        const options = backend.newDatabase();
        const owner = await OwnerProcess.start(options);
        const claims = await owner.claim(['a']);
        const clock = settableClock(Date.now() + 2 * 3_600_000);
        const store = await openUntilFinished(backend, { ...options, clock });
        expect(idsOf(await store.claim(['a']))).toEqual(['a']);
        await expect(owner.commit(claims)).rejects.toThrow('SEEN_CLAIM_LOST');
        expect(await store.isSeen('a')).toBe(false);
      });
    });

    describe.skipIf(!knowsProcesses)(`a process that has ended${onLinux}`, () => {
      test('by a kill leaves its items free at once for whoever claims next', async () => {
        const options = backend.newDatabase();
        const owner = await OwnerProcess.start(options);
        const [killed] = await owner.claim(['a', 'b', 'c']);
        await owner.kill();
        const store = await openUntilFinished(backend, options);
        expect(await store.claim(['a'])).toMatchObject([{ id: 'a' }]);
        expect(idsOf(await store.claimWaiting())).toEqual(['b', 'c']);
        await expect(store.commit([killed].filter((claim) => claim !== undefined))).rejects.toThrow(/is not the live/);
      });

      test('frees nothing of another process beside it', async () => {
        const options = backend.newDatabase();
        const [dying, living] = [await OwnerProcess.start(options), await OwnerProcess.start(options)];
        await dying.claim(['a']);
        await living.claim(['b']);
        await dying.kill();
        const store = await openUntilFinished(backend, options);
        expect(idsOf(await store.claim(['a', 'b']))).toEqual(['a']);
        expect(await store.claimWaiting()).toEqual([]);
      });

      test('is resumed at once by the process that takes its place', async () => {
        const options = backend.newDatabase();
        const first = await OwnerProcess.start(options);
        await first.claim(['a']);
        await first.kill();
        const second = await OwnerProcess.start(options);
        const claims = await second.claim(['a']);
        expect(claims).toMatchObject([{ id: 'a' }]);
        await second.commit(claims);
        await second.close();
      });

      test('in good order, but without a release, frees its items, too', async () => {
        const options = backend.newDatabase();
        const owner = await OwnerProcess.start(options);
        await owner.claim(['a']);
        await owner.close();
        expect(idsOf(await (await openUntilFinished(backend, options)).claim(['a']))).toEqual(['a']);
      });
    });

    test.skipIf(!hasContainers)(`a process of another container is never taken for dead${contained}`, async () => {
      const options = backend.newDatabase();
      const owner = await OwnerProcess.start(options, { contained: true });
      expect(idsOf(await owner.claim(['a']))).toEqual(['a']);
      await owner.kill();
      expect(await (await openUntilFinished(backend, options)).claim(['a'])).toEqual([]);
      const clock = settableClock(Date.now() + 2 * 3_600_000);
      const later = await openUntilFinished(backend, { ...options, clock });
      expect(idsOf(await later.claim(['a']))).toEqual(['a']);
    });
  });
}

function expectEachOnce(granted: readonly (readonly string[])[]): void {
  expect(granted.flat().toSorted()).toEqual(ids.toSorted());
}

function claimInThreads(options: SeenStoreOptions): Promise<string[][]> {
  const ready = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  const task: ClaimingTask = { options, ids, ready, threads: THREADS };
  return Promise.all(Array.from({ length: THREADS }, () => claimInThread(task)));
}

async function claimInThread(task: ClaimingTask): Promise<string[]> {
  const worker = new Worker(new URL('claiming-thread.ts', import.meta.url), { workerData: task });
  const exited = once(worker, 'exit');
  const [granted] = (await once(worker, 'message')) as [string[]];
  await exited;
  return granted;
}
