import { setTimeout as delay } from 'node:timers/promises';

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
}

/** The machine's clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (ms, signal, { ref = true } = {}) => delay(ms, undefined, signal === undefined ? { ref } : { ref, signal }),
};

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
