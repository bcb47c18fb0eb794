import { setImmediate as nextTurn } from 'node:timers/promises';
import { beforeEach, expect, onTestFinished, test, vi } from 'vitest';

import { withProgress } from '../../src/commands/progress.ts';
import { systemClock } from '../../src/store/clock.ts';

/** Ends the wait for the next progress. */
let tick: () => Promise<void>;

beforeEach(() => {
  let wake = (): void => undefined;
  const sleeps = vi.spyOn(systemClock, 'sleep').mockImplementation(async (ms, signal) => {
    if (ms !== 2_000) throw new Error(`Nobody watches every ${ms} ms.`);
    signal?.throwIfAborted();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    wake = resolve;
    signal?.addEventListener('abort', () => reject(new Error('aborted')));
    await promise;
  });
  onTestFinished(() => sleeps.mockRestore());
  tick = async () => {
    wake();
    await nextTurn();
  };
});

const noError = (error: unknown): never => expect.unreachable(String(error));

test('shows every two seconds how far the work is, and nothing after its end', async () => {
  const shown: number[] = [];
  const show = async (done: number): Promise<void> => void shown.push(done);
  const work = async (onProgress: (done: number) => void): Promise<string> => {
    await tick();
    onProgress(10);
    onProgress(20);
    await tick();
    onProgress(30);
    return 'done';
  };
  expect(await withProgress(work, show, noError)).toBe('done');
  await tick();
  expect(shown).toEqual([0, 20]);
});

test('waits for what is being shown, so that it does not come after the end', async () => {
  const shown = Promise.withResolvers<void>();
  let ended = false;
  const running = withProgress(tick, () => shown.promise, noError).then(() => void (ended = true));
  await nextTurn();
  expect(ended).toBe(false);
  shown.resolve();
  await running;
});

test('goes on without showing anything once that has failed', async () => {
  const errors: unknown[] = [];
  const failure = new Error('Unknown Webhook');
  const show = vi.fn<(done: number) => Promise<void>>().mockRejectedValue(failure);
  const work = async (): Promise<string> => {
    await tick();
    await tick();
    return 'done';
  };
  expect(await withProgress(work, show, (error) => void errors.push(error))).toBe('done');
  expect(errors).toEqual([failure]);
  expect(show).toHaveBeenCalledOnce();
});

test('fails as the work does', async () => {
  const failure = new Error('The disk is full.');
  await expect(withProgress(() => Promise.reject(failure), noError, noError)).rejects.toBe(failure);
});
