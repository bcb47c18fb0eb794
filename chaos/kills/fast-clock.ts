import { systemClock, type Clock } from '../../src/store/index.ts';

/** An hour passes in a minute, so that leases, backoff and the nonce window run out within a short run. */
export const SPEED = 60;

/** Half a minute of real time: the disk of a busy machine does not run on the fast clock. */
export const BUSY_TIMEOUT_MS = 30_000 * SPEED;

/** Returns a clock `SPEED` times as fast as the machine's. Clocks with the same start agree across processes. */
export function fastClock(startedAt: number): Clock {
  return {
    now: () => startedAt + (systemClock.now() - startedAt) * SPEED,
    sleep: (ms, signal, options) => systemClock.sleep(ms / SPEED, signal, options),
  };
}
