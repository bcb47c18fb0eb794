import type { Clock } from '../../store/clock.ts';
import { backoffMs } from '../backoff.ts';

/** Failures in a row that pause a channel whose requests fail without a refusal. */
const FAILURE_THRESHOLD = 3;

interface Failures {
  readonly count: number;
  readonly pausedUntil: number;
}

/**
 * A circuit breaker for each channel. Ten thousand refused requests in ten minutes ban the machine, and every item
 * would add one; with this, a channel without permission costs one request every half minute, and soon one an hour.
 */
export class ChannelBreaker {
  readonly #clock: Clock;
  readonly #failures = new Map<string, Failures>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The end of the channel's pause; undefined when it is not paused. */
  pausedUntil(channelId: string): Date | undefined {
    const until = this.#failures.get(channelId)?.pausedUntil ?? 0;
    return until > this.#clock.now() ? new Date(until) : undefined;
  }

  /** Pauses a channel that has refused a request. */
  trip(channelId: string): void {
    this.#countFailure(channelId, 1);
  }

  /** Counts a request that failed without a refusal. The channel is paused when that goes on. */
  recordFailure(channelId: string): void {
    this.#countFailure(channelId, FAILURE_THRESHOLD);
  }

  recordSuccess(channelId: string): void {
    this.#failures.delete(channelId);
  }

  /** A request that left before the pause began, and fails during it, adds nothing. */
  #countFailure(channelId: string, threshold: number): void {
    if (this.pausedUntil(channelId) !== undefined) return;
    const count = (this.#failures.get(channelId)?.count ?? 0) + 1;
    const pauseMs = count >= threshold ? backoffMs(count - threshold + 1) : 0;
    this.#failures.set(channelId, { count, pausedUntil: this.#clock.now() + pauseMs });
  }
}
