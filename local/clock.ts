import { setTimeout as delay } from 'node:timers/promises';

/** The clock of a local server. It has the methods of the store's clock, so that a test can give one to both. */
export interface Clock {
  /** The time in milliseconds since the Unix epoch. */
  now(): number;
  /**
   * Resolves after `ms` milliseconds.
   *
   * @throws The signal's `AbortError` once it aborts.
   */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** The machine's clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (ms, signal) => delay(ms, undefined, signal === undefined ? {} : { signal }),
};
