import { monotonicNow, sleepUnlessAborted, type Clock } from '../store/clock.ts';
import { nextTurn } from '../store/turns.ts';

/** A turn that is later than this, in milliseconds, may have been slept through. */
const LATE_MS = 500;

/**
 * Gives turns one after the other, evenly spaced, in the order in which they are asked for: no bursts, and a rate below
 * one a second works too. It goes by the monotonic clock, so setting the machine's clock neither stops nor hurries it.
 */
export class Pacer {
  readonly #clock: Clock;
  readonly #intervalMs: number;
  #nextAt = -Infinity;
  #line: Promise<void> = Promise.resolve();

  constructor(clock: Clock, turnsPerSecond: number) {
    this.#clock = clock;
    this.#intervalMs = 1000 / turnsPerSecond;
  }

  /**
   * Resolves when the turn has come. A turn that is no longer waited for goes to the next in line.
   *
   * @throws The signal's reason once it aborts.
   */
  async turn(signal: AbortSignal): Promise<void> {
    const before = this.#line;
    const own = Promise.withResolvers<void>();
    this.#line = before.then(() => own.promise);
    try {
      await unlessAborted(before, signal);
      await this.#pause(signal);
    } finally {
      own.resolve();
    }
  }

  /** Whole milliseconds, as timers take them. */
  #waitMs(): number {
    return Math.ceil(this.#nextAt - monotonicNow(this.#clock));
  }

  get #isLate(): boolean {
    return Number.isFinite(this.#nextAt) && this.#waitMs() < -LATE_MS;
  }

  async #pause(signal: AbortSignal): Promise<void> {
    // A timer may fire a fraction of a millisecond early.
    for (let waitMs = this.#waitMs(); waitMs > 0; waitMs = this.#waitMs()) {
      await sleepUnlessAborted(this.#clock, waitMs, signal);
      signal.throwIfAborted();
    }
    if (this.#isLate) {
      await letOthersWake();
      signal.throwIfAborted();
    }
    // From the turn's own moment: turns that came late are not made up for.
    this.#nextAt = monotonicNow(this.#clock) + this.#intervalMs;
  }
}

/**
 * After the process was suspended, whatever should have woken meanwhile wakes first: it may abort the signal, because
 * another process has long taken over. Timers come between two turns of the event loop.
 */
async function letOthersWake(): Promise<void> {
  await nextTurn();
  await nextTurn();
}

/** @throws The signal's reason if it aborts first. */
async function unlessAborted(work: Promise<void>, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const aborted = Promise.withResolvers<never>();
  const abort = (): void => aborted.reject(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  try {
    await Promise.race([work, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
