import { monotonicNow, type Clock } from '../../store/clock.ts';
import { channelPauseMs } from '../backoff.ts';

/** Failures in a row after which nothing is enriched for a while. */
const MAX_FAILURES = 3;
/** Items in a row that failed by themselves, after which it is no longer likely that the items are to blame. */
const MAX_ITEM_FAILURES = 5;

/** An enrichment that failed. */
interface Failure {
  readonly reason: string;
  /** Milliseconds since it began. */
  readonly ageMs: number;
  /** Whom it concerns; undefined where nobody knows. */
  readonly concerns?: 'item' | 'all' | undefined;
}

/**
 * A circuit breaker for the enrichment of a feed. After three failures in a row it opens: no item waits for an enrichment
 * that will fail as well. It pauses for half a minute, then lets a single item try, and pauses for longer if that fails,
 * up to ten minutes. A success closes it. Failures of single items neither open nor close it, unless there are five in a
 * row.
 */
export class EnrichmentBreaker {
  readonly #clock: Clock;
  readonly #enoughMs: number;
  #failures = 0;
  #itemFailures = 0;
  /** Pauses since it opened; 0 while it is closed. */
  #pauses = 0;
  /** On the monotonic clock, in milliseconds. */
  #pausedUntil = -Infinity;
  #reason = '';
  /** The item that tries whether the enrichment works again. */
  #trial: string | undefined;
  /** The time that the latest success took, in milliseconds. */
  #usualMs = 0;
  /** On the monotonic clock, in milliseconds. */
  #succeededAt = -Infinity;

  /** @param enoughMs Milliseconds within which an enrichment that works would have come: less says nothing about it. */
  constructor(clock: Clock, enoughMs: number) {
    this.#clock = clock;
    this.#enoughMs = enoughMs;
  }

  /** The latest failure while it is open; undefined while it is closed. */
  get openedBy(): string | undefined {
    return this.#pauses === 0 ? undefined : this.#reason;
  }

  /** Lets the item in, which is the one that tries while the breaker is open: false if it may not be enriched now. */
  enter(id: string): boolean {
    if (this.openedBy === undefined) return true;
    if (this.#trial !== undefined || monotonicNow(this.#clock) < this.#pausedUntil) return false;
    this.#trial = id;
    return true;
  }

  /** Records nothing: the item was let in, and it is not known how its enrichment would have ended. */
  leave(id: string): void {
    if (this.#trial === id) this.#trial = undefined;
  }

  /** @param tookMs The time that the enrichment took, in milliseconds. */
  recordSuccess(tookMs: number): void {
    this.#usualMs = tookMs;
    this.#succeededAt = monotonicNow(this.#clock);
    this.#failures = 0;
    this.#itemFailures = 0;
    this.#pauses = 0;
    this.#pausedUntil = -Infinity;
    this.#trial = undefined;
  }

  /**
   * Records a failure. One that concerns all items opens the breaker at once; any other says nothing where a success came
   * after the enrichment had begun.
   *
   * @returns True when it counts.
   */
  recordFailure(id: string, { reason, ageMs, concerns }: Failure): boolean {
    this.leave(id);
    if (concerns !== 'all' && monotonicNow(this.#clock) - ageMs < this.#succeededAt) return false;
    if (concerns === 'item') this.#countItem(reason);
    else this.#count(reason, concerns === 'all');
    return true;
  }

  /**
   * Records that the time was up. That says nothing where the item came late to its turn: it had less time than is enough,
   * or less than the latest success took.
   *
   * @returns True when it counts as a failure.
   */
  recordTimeUp(id: string, failure: Failure): boolean {
    if (failure.ageMs >= Math.max(this.#enoughMs, this.#usualMs)) return this.recordFailure(id, failure);
    this.leave(id);
    return false;
  }

  #count(reason: string, concernsAll: boolean): void {
    this.#failures += 1;
    this.#reason = reason;
    if (concernsAll || this.#failures >= MAX_FAILURES || this.#pauses > 0) this.#pause();
  }

  #countItem(reason: string): void {
    this.#itemFailures += 1;
    if (this.#itemFailures < MAX_ITEM_FAILURES) return;
    this.#reason = `none of the last ${this.#itemFailures} items could be enriched, the latest because: ${reason}`;
    this.#pause();
  }

  /** Requests under way when a pause began, which fail during it, make it no longer. */
  #pause(): void {
    const now = monotonicNow(this.#clock);
    if (now < this.#pausedUntil) return;
    this.#pauses += 1;
    this.#pausedUntil = now + channelPauseMs(this.#pauses);
  }
}
