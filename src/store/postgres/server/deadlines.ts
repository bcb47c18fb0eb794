import { monotonicNow, type Clock } from '../../clock.ts';
import { AttemptTimeoutError } from './failures.ts';

/** Time between two looks at what is late, in milliseconds. */
const LOOK_EVERY_MS = 250;

interface Deadline {
  readonly at: number;
  readonly expire: (error: unknown) => void;
  readonly limitMs: number;
}

/**
 * Limits the time of what is under way. One timer serves all of it: one for each statement would cost as much as the
 * statement.
 */
export class Deadlines {
  readonly #clock: Clock;
  readonly #open = new Set<Deadline>();
  #isWatching = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * Does work, whose result no longer counts once its time is up. The work may still be ending then.
   *
   * @throws {AttemptTimeoutError} once the time is up.
   */
  async within<Result>(limitMs: number, work: () => Promise<Result>): Promise<Result> {
    const { promise, resolve, reject } = Promise.withResolvers<Result>();
    const deadline = { at: monotonicNow(this.#clock) + limitMs, expire: reject, limitMs };
    this.#open.add(deadline);
    if (!this.#isWatching) this.#watch().catch((error: unknown) => this.#expire(() => true, error));
    try {
      work().then(resolve, reject);
      return await promise;
    } finally {
      this.#open.delete(deadline);
    }
  }

  /** Ends at the first look that finds nothing. It keeps no process alive: what is under way does. */
  async #watch(): Promise<void> {
    this.#isWatching = true;
    try {
      while (this.#open.size > 0) {
        await this.#clock.sleep(LOOK_EVERY_MS, undefined, { ref: false });
        const now = monotonicNow(this.#clock);
        this.#expire(({ at }) => at <= now);
      }
    } finally {
      this.#isWatching = false;
    }
  }

  #expire(isLate: (deadline: Deadline) => boolean, error?: unknown): void {
    for (const deadline of this.#open)
      if (isLate(deadline)) deadline.expire(error ?? new AttemptTimeoutError(deadline.limitMs));
  }
}
