import { systemClock, type Clock } from '../src/store/index.ts';

/** Hours pass in minutes: leases, backoff and the nonce window all run out while somebody watches. */
export const SPEED = 60;

/** A write that waits for the disk of a busy machine is no fault of the store: real seconds, not fast ones. */
export const BUSY_TIMEOUT_MS = 30_000 * SPEED;

/** A clock that runs `SPEED` times as fast as the machine's. Every process that is given the same start agrees with it. */
export function fastClock(startedAt: number): Clock {
  return {
    now: () => startedAt + (systemClock.now() - startedAt) * SPEED,
    sleep: (ms, signal, options) => systemClock.sleep(ms / SPEED, signal, options),
  };
}
