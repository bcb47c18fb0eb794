import timers from 'node:timers/promises';
import BetterSqlite3 from 'better-sqlite3';
import { describe, expect, test, vi } from 'vitest';

import { systemClock, type Clock } from '../../src/store/clock.ts';
import { SeenStoreBusyError } from '../../src/store/index.ts';
import { retryWhileBusy } from '../../src/store/sqlite/writer/busy.ts';
import { DAY_MS, HOUR_MS, NOON } from '../support/times.ts';

vi.mock('node:timers/promises', { spy: true });

const LONGEST_TIMER_MS = 2 ** 31 - 1;

interface Timer {
  readonly ms: number;
  readonly options: unknown;
}

/** The timers that `sleep` sets one after another, each of which ends at once. */
async function timersOf(sleep: () => Promise<void>): Promise<Timer[]> {
  const set: Timer[] = [];
  const timer = vi.mocked(timers.setTimeout).mockImplementation(async (ms = 0, value, options) => {
    set.push({ ms, options });
    return value;
  });
  try {
    await sleep();
  } finally {
    timer.mockReset();
  }
  return set;
}

describe('a sleep on the machine’s clock', () => {
  test.each([0, 1_500, LONGEST_TIMER_MS])('a sleep of %i ms is one timer', async (ms) => {
    expect(await timersOf(() => systemClock.sleep(ms))).toEqual([{ ms, options: { ref: true } }]);
  });

  test.each([LONGEST_TIMER_MS + 1, 30 * DAY_MS, 400 * DAY_MS])(
    'a sleep of %i ms, longer than any timer of Node, lasts as long',
    async (ms) => {
      const { signal } = new AbortController();
      const set = await timersOf(() => systemClock.sleep(ms, signal, { ref: false }));
      const lengths = set.map((timer) => timer.ms);
      expect(Math.max(...lengths)).toBeLessThanOrEqual(LONGEST_TIMER_MS);
      expect(lengths.reduce((sum, length) => sum + length)).toBe(ms);
      for (const { options } of set) expect(options).toEqual({ ref: false, signal });
    },
  );

  test('a sleep of years ends as soon as its signal aborts', async () => {
    const aborted = new AbortController();
    const sleeping = systemClock.sleep(400 * DAY_MS, aborted.signal);
    aborted.abort();
    await expect(sleeping).rejects.toMatchObject({ name: 'AbortError' });
  });
});

describe('the wait for a lock', () => {
  /** Takes ten milliseconds for each sleep, while somebody sets the time of day. */
  function setClock(jump: number): Clock {
    let [wall, elapsed] = [NOON, 0];
    return {
      now: () => wall,
      monotonic: () => elapsed,
      sleep: async () => {
        wall += jump;
        elapsed += 10;
      },
    };
  }

  const busy = (): never => {
    throw new BetterSqlite3.SqliteError('database is locked', 'SQLITE_BUSY');
  };

  test.each([
    ['back', -HOUR_MS],
    ['forward', HOUR_MS],
    ['by nobody', 10],
  ])('a lock is waited for as long as was asked, with the clock set %s', async (_, jump) => {
    const { signal } = new AbortController();
    const wait = { timeoutMs: 100, clock: setClock(jump), signal, onWaited: () => undefined };
    const error = await retryWhileBusy(busy, wait).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(SeenStoreBusyError);
    expect(error).toMatchObject({ waitedMs: 100 });
  });

  test('a write that is let in after the clock was set tells how long it really waited', async () => {
    const waits: number[] = [];
    const onWaited = (waitedMs: number): void => void waits.push(waitedMs);
    let tries = 0;
    const write = (): string => ((tries += 1) < 4 ? busy() : 'written');
    const { signal } = new AbortController();
    const result = await retryWhileBusy(write, { timeoutMs: 100, clock: setClock(-HOUR_MS), signal, onWaited });
    expect({ result, waits }).toEqual({ result: 'written', waits: [30] });
  });
});
