import { container } from '@sapphire/framework';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { poll } from '../../src/feed/poll.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { RecordingLogger } from '../support/recording-logger.ts';

const EVERY_MS = 60_000;

// Without a client, nobody elects who polls: a test of another file may have left one.
const { client } = container;
beforeAll(() => void Object.assign(container, { client: undefined }));
afterAll(() => void Object.assign(container, { client }));

/** Polls with a task that takes `takes[n]` milliseconds the nth time, 0 after that. */
function start(takes: readonly number[] = [], task: () => void = () => undefined) {
  const clock = new ManualClock(0);
  const logger = new RecordingLogger();
  const stop = new AbortController();
  const starts: number[] = [];
  let running = 0;
  let atOnce = 0;
  const work = async (): Promise<void> => {
    const length = takes[starts.length] ?? 0;
    starts.push(clock.now());
    running += 1;
    atOnce = Math.max(atOnce, running);
    if (length > 0) await clock.sleep(length);
    running -= 1;
    task();
  };
  const polling = poll(work, { feed: 'notes', everyMs: EVERY_MS, clock, logger, signal: stop.signal });
  return { clock, logger, stop, starts, polling, atOnce: () => atOnce };
}

describe('poll', () => {
  test('a task is started at once and then on schedule, however long it takes within a period', async () => {
    const { clock, stop, starts, polling } = start([10_000, 59_000, 60_000]);
    await clock.advance(EVERY_MS * 4);
    stop.abort();
    await polling;
    expect(starts).toEqual([0, 60_000, 120_000, 180_000, 240_000]);
  });

  test('a task that takes too long never runs twice at once: it skips starts, which is logged', async () => {
    const { clock, logger, stop, starts, polling, atOnce } = start([EVERY_MS * 2.5]);
    await clock.advance(EVERY_MS * 4);
    stop.abort();
    await polling;
    expect(starts).toEqual([0, 180_000, 240_000]);
    expect(atOnce()).toBe(1);
    expect(logger.of('feed_poll_skipped')).toMatchObject([
      { level: 'warn', fields: { feed: 'notes', skipped: 2, elapsed_ms: 150_000 } },
    ]);
  });

  test.each([-5, 5])(
    'polling keeps its schedule when the clock is set by %d h during a task or a pause',
    async (hours) => {
      const clock = new ManualClock();
      const logger = new RecordingLogger();
      const stop = new AbortController();
      const begin = clock.monotonic();
      const starts: number[] = [];
      const work = async (): Promise<void> => {
        starts.push(clock.monotonic() - begin);
        await clock.sleep(10_000);
        if (starts.length === 1) clock.step(hours * 3_600_000);
      };
      const polling = poll(work, { feed: 'notes', everyMs: EVERY_MS, clock, logger, signal: stop.signal });
      await clock.advance(EVERY_MS * 1.5);
      clock.step(hours * 3_600_000);
      await clock.advance(EVERY_MS);
      stop.abort();
      await polling;
      expect(starts).toEqual([0, 60_000, 120_000]);
      expect(logger.lines).toEqual([]);
    },
  );

  test('polling goes on after a task that failed, and the error is logged', async () => {
    const failure = new Error('No such luck.');
    const { clock, logger, stop, starts, polling } = start([], () => {
      throw failure;
    });
    await clock.advance(EVERY_MS);
    stop.abort();
    await polling;
    expect(starts).toHaveLength(2);
    expect(logger.of('feed_poll_failed').map(({ fields }) => fields)).toEqual([
      { feed: 'notes', error: failure },
      { feed: 'notes', error: failure },
    ]);
  });

  test('polling ends during a pause when the signal aborts, and leaves no timer behind', async () => {
    const { clock, stop, polling } = start();
    await clock.whenSleeping(EVERY_MS);
    stop.abort();
    await polling;
    expect(clock.sleeping).toEqual([]);
  });

  test('the task gets the signal and is waited for, and its abortion is not logged as a failure', async () => {
    const clock = new ManualClock();
    const logger = new RecordingLogger();
    const stop = new AbortController();
    const polling = poll((signal) => clock.sleep(5000, signal), {
      feed: 'notes',
      everyMs: EVERY_MS,
      clock,
      logger,
      signal: stop.signal,
    });
    await clock.whenSleeping(5000);
    stop.abort();
    await polling;
    expect(logger.lines.filter(({ level }) => level !== 'debug')).toEqual([]);
  });

  test('a signal that has already aborted starts no task', async () => {
    let ran = false;
    await poll(() => Promise.resolve((ran = true)), { feed: 'notes', everyMs: EVERY_MS, signal: AbortSignal.abort() });
    expect(ran).toBe(false);
  });
});
