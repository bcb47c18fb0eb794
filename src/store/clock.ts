import { setTimeout } from 'node:timers/promises';

/** Bound when this module loads: see `nextTurn`. */
const delay = setTimeout;

/** Time, injected: nothing in this project reads `Date.now()` or sets a timer except through a `Clock`. */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number;
  /**
   * Resolves after `ms` milliseconds.
   *
   * @param options.ref Whether the wait keeps the process alive. Default: true.
   * @throws The signal's `AbortError` once it aborts.
   */
  sleep(ms: number, signal?: AbortSignal, options?: { readonly ref?: boolean }): Promise<void>;
  /**
   * Milliseconds since some moment, on a clock that nobody sets: for lengths of time, where `now` may jump. Default:
   * `performance.now()`.
   */
  monotonic?(): number;
}

/** A day, in milliseconds. */
export const DAY_MS = 86_400_000;

/** Longest time of one of Node's timers, in milliseconds. A longer one fires at once. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** The machine's clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),

  async sleep(ms, signal, { ref = true } = {}) {
    const options = signal === undefined ? { ref } : { ref, signal };
    let left = ms;
    for (; left > MAX_TIMER_MS; left -= MAX_TIMER_MS) await delay(MAX_TIMER_MS, undefined, options);
    await delay(left, undefined, options);
  },
};

/** The present time on the clock's monotonic side, in milliseconds. Only the difference of two such times means anything. */
export function monotonicNow(clock: Clock): number {
  return clock.monotonic?.() ?? performance.now();
}

/** Resolves after `ms` milliseconds, or as soon as the signal aborts. For loops that look at the signal themselves. */
export async function sleepUnlessAborted(
  clock: Clock,
  ms: number,
  signal: AbortSignal,
  options?: { readonly ref?: boolean },
): Promise<void> {
  try {
    await clock.sleep(ms, signal, options);
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

export interface TimeLimit {
  readonly clock: Clock;
  /** In milliseconds. */
  readonly limitMs: number;
  /** Ends the work early as well. Default: nothing does. */
  readonly signal?: AbortSignal;
  /** Makes the error that the work then fails with. */
  readonly expired: () => Error;
}

/**
 * Runs `work`, at most for `limitMs`. Its signal aborts when the time is up, and the result no longer counts then,
 * whether or not the work listens to its signal. It may still be ending then.
 *
 * @throws What `expired` made, once the time is up.
 */
export async function withTimeLimit<Result>(
  { clock, limitMs, signal, expired }: TimeLimit,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const timeout = new AbortController();
  const finished = new AbortController();
  const expiry = async (): Promise<never> => {
    try {
      await clock.sleep(limitMs, finished.signal);
      throw expired();
    } catch (error) {
      timeout.abort(error);
      throw error;
    }
  };
  try {
    const limited = signal === undefined ? timeout.signal : AbortSignal.any([timeout.signal, signal]);
    return await Promise.race([work(limited), expiry()]);
  } finally {
    finished.abort();
  }
}
