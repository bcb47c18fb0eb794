import { describe, expect, test } from 'vitest';
import { poll } from '../../src/feed/poll.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { RecordingLogger } from '../support/recording-logger.ts';

const EVERY_MS = 60_000;

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
  test('starts at once and then on schedule, however long the task takes within it', async () => {
    const { clock, stop, starts, polling } = start([10_000, 59_000, 60_000]);
    await clock.advance(EVERY_MS * 4);
    stop.abort();
    await polling;
    expect(starts).toEqual([0, 60_000, 120_000, 180_000, 240_000]);
  });

  test('never runs the task twice at once: a long one skips starts, and says so', async () => {
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

  test('goes on after a task that failed, and logs the error', async () => {
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

  test('ends during a pause when the signal aborts, leaving no timer', async () => {
    const { clock, stop, polling } = start();
    await clock.whenSleeping(EVERY_MS);
    stop.abort();
    await polling;
    expect(clock.sleeping).toEqual([]);
  });

  test('hands the signal to the task, waits for it, and does not call its end a failure', async () => {
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

  test('does nothing when the signal has aborted already', async () => {
    let ran = false;
    await poll(() => Promise.resolve((ran = true)), { feed: 'notes', everyMs: EVERY_MS, signal: AbortSignal.abort() });
    expect(ran).toBe(false);
  });
});
