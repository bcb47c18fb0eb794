import { systemClock, type Clock } from '../../src/store/index.ts';

/** An hour passes in a minute, so that leases, backoff and the nonce window run out within a short run. */
export const SPEED = 60;

/** Half a minute of real time: the disk of a busy machine does not run on the fast clock. */
export const BUSY_TIMEOUT_MS = 30_000 * SPEED;

/** The error of a clock, in milliseconds, which the main thread of a process shares with its clients and may change. */
export class ClockError {
  readonly shared: Float64Array;

  /** @param shared The error of the main thread's clock. Default: a new one, of 0. */
  constructor(shared: Float64Array = new Float64Array(new SharedArrayBuffer(8))) {
    this.shared = shared;
  }

  get ms(): number {
    return this.shared[0] ?? 0;
  }

  set ms(ms: number) {
    this.shared[0] = ms;
  }
}

/**
 * Returns a clock `SPEED` times as fast as the machine's. Clocks with the same start agree across processes.
 *
 * @param error Added to what the clock tells, but neither to its sleeps nor to its monotonic time, as when somebody
 *   sets the clock of a machine. Default: none.
 */
export function fastClock(startedAt: number, error?: ClockError): Clock {
  return {
    now: () => startedAt + (systemClock.now() - startedAt) * SPEED + (error?.ms ?? 0),
    monotonic: () => performance.now() * SPEED,
    sleep: (ms, signal, options) => systemClock.sleep(ms / SPEED, signal, options),
  };
}
