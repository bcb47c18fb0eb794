import { systemClock, type Clock } from '../../src/store/index.ts';

/** An hour passes in a minute, so that leases, backoff and the nonce window run out within a short run. */
export const SPEED = 60;

/**
 * The speed of the clock by which a client leads. A leader may not be late by more than a tenth of its lease: that is
 * half a second of real time, on a machine that is busy with other work.
 */
export const LEAD_SPEED = 3;

/** The longest wait for the database, in real milliseconds. */
export const BUSY_MS = 30_000;

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
 * Returns a clock that is faster than the machine's. Clocks with the same start and speed agree across processes.
 *
 * @param error Added to what the clock tells, but neither to its sleeps nor to its monotonic time, as when somebody
 *   sets the clock of a machine. Default: none.
 * @param speed Its milliseconds in one of the machine's. Default: `SPEED`.
 */
export function fastClock(startedAt: number, error?: ClockError, speed = SPEED): Clock {
  return {
    now: () => startedAt + (systemClock.now() - startedAt) * speed + (error?.ms ?? 0),
    monotonic: () => performance.now() * speed,
    sleep: (ms, signal, options) => systemClock.sleep(ms / speed, signal, options),
  };
}
