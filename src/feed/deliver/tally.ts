import type { Clock } from '../../store/clock.ts';
import { noCounts, type Cycle, type CycleCounts } from '../../store/contract/cycles.ts';

/** The counts of one cycle. Every step of the delivery adds its own. */
export class CycleTally {
  readonly #feed: string;
  readonly #clock: Clock;
  readonly #startedAt: Date;
  readonly #counts: Record<keyof CycleCounts, number> = { ...noCounts };

  /** Starts the cycle. */
  constructor(feed: string, clock: Clock) {
    this.#feed = feed;
    this.#clock = clock;
    this.#startedAt = new Date(clock.now());
  }

  /** The counts so far. */
  get counts(): CycleCounts {
    return this.#counts;
  }

  add(outcome: keyof CycleCounts, count = 1): void {
    this.#counts[outcome] += count;
  }

  /** Ends the cycle. */
  finish(): Cycle {
    const finishedAt = new Date(this.#clock.now());
    return { feed: this.#feed, startedAt: this.#startedAt, finishedAt, ...this.#counts };
  }
}
