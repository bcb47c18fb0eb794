import type { Clock } from '../../store/clock.ts';
import { backoffMs } from '../backoff.ts';

/** Failures in a row after which a channel whose requests merely fail is left alone for a while. */
const PATIENCE = 3;

interface Trouble {
  readonly failures: number;
  readonly until: number;
}

/**
 * Leaves a channel alone after it has refused. Ten thousand refused requests in ten minutes ban the machine, and every
 * item would add one; with this, a channel without permission costs one request each half minute, soon one an hour.
 */
export class Destinations {
  readonly #clock: Clock;
  readonly #troubles = new Map<string, Trouble>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Until when the channel is left alone; undefined when it is not. */
  pausedUntil(channelId: string): Date | undefined {
    const until = this.#troubles.get(channelId)?.until ?? 0;
    return until > this.#clock.now() ? new Date(until) : undefined;
  }

  /** The channel refused: it is left alone at once. */
  refused(channelId: string): void {
    this.#fail(channelId, 1);
  }

  /** A request failed without an answer: the channel is left alone when that goes on. */
  failed(channelId: string): void {
    this.#fail(channelId, PATIENCE);
  }

  worked(channelId: string): void {
    this.#troubles.delete(channelId);
  }

  /** What failed at the same time as the request that began the pause says nothing new. */
  #fail(channelId: string, patience: number): void {
    if (this.pausedUntil(channelId) !== undefined) return;
    const failures = (this.#troubles.get(channelId)?.failures ?? 0) + 1;
    const pauseMs = failures >= patience ? backoffMs(failures - patience + 1) : 0;
    this.#troubles.set(channelId, { failures, until: this.#clock.now() + pauseMs });
  }
}
