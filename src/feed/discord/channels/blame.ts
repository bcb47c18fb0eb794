import { monotonicNow, type Clock } from '../../../store/clock.ts';
import { backoffMs } from '../../backoff.ts';

/** Failures in a row after which an item lets another one try the channel first, in case it is to blame. */
const STEP_ASIDE: readonly number[] = [5, 20, 80, 320];
/** Items that are remembered, at most. Beyond that, those that failed least recently are forgotten. */
const CAPACITY = 10_000;

/** Who is to blame for a failure. With `stepsAside`, another item is to try the channel before this one does. */
export type Blame = { readonly isItems: boolean; readonly stepsAside: boolean };

interface Failed {
  failures: number;
  /** Posts that had got through to the channel when the item last failed there. */
  passedBefore: number;
  /** Failures that were the item's fault. */
  faults: number;
  /** End of the item's pause in the channel, on the monotonic clock in milliseconds. */
  pausedUntil: number;
}

/**
 * Tells the failures of an item from those of a channel where the error does not: they are the channel's until other
 * items get through where this one failed, and it fails again. An item that is to blame may
 * be paused in that channel alone.
 */
export class BlameKeeper {
  readonly #clock: Clock;
  readonly #failed = new Map<string, Failed>();
  readonly #passed = new Map<string, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  recordSuccess(channelId: string, id: string): void {
    this.#passed.set(channelId, this.#passedOf(channelId) + 1);
    this.forgive(channelId, id);
  }

  recordFailure(channelId: string, id: string): Blame {
    const passed = this.#passedOf(channelId);
    const failed = this.#remember(channelId, id);
    const isItems = passed > failed.passedBefore;
    failed.failures += 1;
    failed.passedBefore = passed;
    if (isItems) failed.faults += 1;
    return { isItems, stepsAside: STEP_ASIDE.includes(failed.failures) };
  }

  /** Records a failure that is the item's for certain. */
  recordFault(channelId: string, id: string): void {
    this.#remember(channelId, id).faults += 1;
  }

  /** Pauses the item in the channel, the longer the more often it was to blame. */
  pause(channelId: string, id: string): void {
    const failed = this.#remember(channelId, id);
    failed.pausedUntil = monotonicNow(this.#clock) + backoffMs(failed.faults);
  }

  /** Failures in the channel that were the item's fault. */
  faultsOf(channelId: string, id: string): number {
    return this.#failed.get(keyOf(channelId, id))?.faults ?? 0;
  }

  /** Milliseconds for which the item still pauses in the channel; 0 when it may be posted. */
  pauseLeftMs(channelId: string, id: string): number {
    const { pausedUntil = -Infinity } = this.#failed.get(keyOf(channelId, id)) ?? {};
    return Math.max(0, pausedUntil - monotonicNow(this.#clock));
  }

  /** Forgets what the item did in the channel. */
  forgive(channelId: string, id: string): void {
    this.#failed.delete(keyOf(channelId, id));
  }

  /** Returns the failures of the item, which is now the one that failed most recently. */
  #remember(channelId: string, id: string): Failed {
    const key = keyOf(channelId, id);
    const known = this.#failed.get(key);
    const failed = known ?? { failures: 0, passedBefore: this.#passedOf(channelId), faults: 0, pausedUntil: -Infinity };
    this.#failed.delete(key);
    this.#failed.set(key, failed);
    this.#forgetOldest();
    return failed;
  }

  #passedOf(channelId: string): number {
    return this.#passed.get(channelId) ?? 0;
  }

  #forgetOldest(): void {
    const [oldest] = this.#failed.keys();
    if (this.#failed.size > CAPACITY && oldest !== undefined) this.#failed.delete(oldest);
  }
}

function keyOf(channelId: string, id: string): string {
  return `${channelId} ${id}`;
}
