import { monotonicNow, type Clock } from '../store/clock.ts';

/** The end of a wait, on a clock that nobody sets. */
export class Deadline {
  readonly clock: Clock;
  readonly #at: number;

  /** @param ms Milliseconds from now; `Infinity` for a wait without an end. */
  constructor(clock: Clock, ms: number) {
    this.clock = clock;
    this.#at = monotonicNow(clock) + ms;
  }

  /** Milliseconds that are left; 0 or less once it has passed. */
  leftMs(): number {
    return this.#at - monotonicNow(this.clock);
  }
}
