import { monotonicNow, type Clock } from '../../../store/clock.ts';
import { channelPauseMs } from '../../backoff.ts';
import { BlameKeeper } from './blame.ts';

/** Time from one trial of a channel that was given up to the next, in milliseconds. */
const RARE_TRIAL_MS = 3_600_000;
/** The same for an item that somebody wants tried again. */
const WANTED_TRIAL_MS = 30_000;

/** The reason why an item may not be posted in a channel now. */
export type Closed =
  /** The channel is paused. */
  | { readonly kind: 'paused'; readonly reason: string }
  /** Another item is trying the channel at this moment. */
  | { readonly kind: 'on-trial'; readonly reason: string }
  /** The item itself pauses in this channel, which takes the posts of others. */
  | { readonly kind: 'item-paused'; readonly leftMs: number; readonly reason: string }
  /** The channel has been given up. */
  | { readonly kind: 'given-up'; readonly reason: string };

/** An item as the breaker knows it. */
export interface Caller {
  readonly id: string;
  /** True for an item that was sent into the channel before: it may exist there, or somebody wants it tried again. */
  readonly isWanted: (channelId: string) => boolean;
}

/** The trouble of a channel. A channel that works has none. Times are monotonic, in milliseconds. */
interface Trouble {
  failures: number;
  reason: string;
  pausedUntil: number;
  triedAt: number;
  isGivenUp: boolean;
  /** The item that tries the channel now. */
  trial: string | undefined;
  /** The item that lets another one try the channel before it. */
  stepsAside: string | undefined;
}

/**
 * A circuit breaker for each channel. One that fails is paused, for ten minutes at most, and then a single item tries it
 * while the others wait: ten thousand refused requests in ten minutes ban the machine, and every item would add one.
 */
export class ChannelBreaker {
  readonly #clock: Clock;
  readonly #blame: BlameKeeper;
  readonly #troubles = new Map<string, Trouble>();
  #changed = Promise.withResolvers<void>();

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#blame = new BlameKeeper(clock);
  }

  /** The reason why the item may not be posted in the channel; undefined when it may. */
  closed(channelId: string, { id, isWanted }: Caller): Closed | undefined {
    const leftMs = this.#blame.pauseLeftMs(channelId, id);
    if (leftMs > 0) return { kind: 'item-paused', leftMs, reason: `its last post in channel ${channelId} failed` };
    const trouble = this.#troubles.get(channelId);
    if (trouble === undefined || trouble.trial === id) return undefined;
    const { reason, trial, triedAt, isGivenUp, pausedUntil } = trouble;
    const now = monotonicNow(this.#clock);
    if (trial !== undefined) return { kind: 'on-trial', reason };
    const nextTrial = triedAt + (isWanted(channelId) ? WANTED_TRIAL_MS : RARE_TRIAL_MS);
    if (isGivenUp) return now < nextTrial ? { kind: 'given-up', reason } : undefined;
    return now < pausedUntil ? { kind: 'paused', reason } : undefined;
  }

  /**
   * Lets the item in where it may be posted: it is now the one that tries those channels whose pause is over. While
   * others try all of the channels, it waits for them.
   *
   * @param signal Ends the waiting.
   * @returns False when the item may be posted in none of the channels.
   */
  async enter(channelIds: readonly string[], caller: Caller, signal: AbortSignal): Promise<boolean> {
    for (;;) {
      const closed = channelIds.map((channelId) => this.closed(channelId, caller)?.kind);
      if (closed.includes(undefined)) break;
      if (!closed.includes('on-trial') || signal.aborted) return false;
      await this.#change(signal);
    }
    for (const channelId of channelIds) this.admit(channelId, caller);
    return true;
  }

  /** Lets the item into one channel, unless that is closed to it. */
  admit(channelId: string, caller: Caller): Closed | undefined {
    const closed = this.closed(channelId, caller);
    const trouble = this.#troubles.get(channelId);
    if (closed === undefined && trouble !== undefined) trouble.trial = caller.id;
    return closed;
  }

  /** Ends the item's trials that have had no result: another item may try. */
  leave(id: string): void {
    const left = [...this.#troubles.values()].filter(({ trial }) => trial === id);
    for (const trouble of left) trouble.trial = undefined;
    if (left.length > 0) this.#wake();
  }

  recordSuccess(channelId: string, id: string): void {
    this.#blame.recordSuccess(channelId, id);
    if (this.#troubles.delete(channelId)) this.#wake();
  }

  /**
   * Records that the item's request failed, through no fault of the item's as far as the error tells, and pauses the
   * channel.
   *
   * @returns False when the item is to blame after all.
   */
  recordFailure(channelId: string, id: string, reason: string): boolean {
    const { isItems, stepsAside } = this.#blame.recordFailure(channelId, id);
    if (isItems) return false;
    this.#pause(channelId, reason).stepsAside = stepsAside ? id : undefined;
    this.#wake();
    return true;
  }

  /** Records a failure that is the item's for certain. */
  recordFault(channelId: string, id: string): void {
    this.#blame.recordFault(channelId, id);
  }

  /** Pauses the item in the channel, the longer the more often it was to blame. Others are posted meanwhile. */
  pauseItem(channelId: string, id: string): void {
    this.#blame.pause(channelId, id);
  }

  /** Failures in the channel that were the item's fault. */
  faultsOf(channelId: string, id: string): number {
    return this.#blame.faultsOf(channelId, id);
  }

  /** Lets the item be posted at once, as if it had never failed in the channel. */
  forgive(channelId: string, id: string): void {
    this.#blame.forgive(channelId, id);
  }

  /** True for an item that has failed so often that another one is to try the channel before it, once. */
  stepsAside(channelId: string, id: string): boolean {
    return this.#troubles.get(channelId)?.stepsAside === id;
  }

  /** The reason why a channel is paused; undefined when it is not. */
  pauseOf(channelId: string): string | undefined {
    const { reason, trial, isGivenUp = true, pausedUntil = 0 } = this.#troubles.get(channelId) ?? {};
    const isPaused = trial === undefined && !isGivenUp && monotonicNow(this.#clock) < pausedUntil;
    return isPaused ? reason : undefined;
  }

  /** Gives up a channel that fails. Hardly anything is tried there until it works again. */
  giveUp(channelId: string, reason: string): void {
    const trouble = this.#troubles.get(channelId);
    if (trouble !== undefined) Object.assign(trouble, { isGivenUp: true, reason });
  }

  /** A request that left before the pause began, and fails during it, makes it no longer. */
  #pause(channelId: string, reason: string): Trouble {
    const now = monotonicNow(this.#clock);
    const trouble = this.#troubles.get(channelId) ?? newTrouble(reason);
    this.#troubles.set(channelId, trouble);
    if (now >= trouble.pausedUntil) {
      trouble.failures += 1;
      trouble.pausedUntil = now + channelPauseMs(trouble.failures);
    }
    const { isGivenUp } = trouble;
    return Object.assign(trouble, { triedAt: now, trial: undefined, ...(!isGivenUp && { reason }) });
  }

  #wake(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }

  /** Resolves when anything changes for those that wait, or the signal aborts. */
  async #change(signal: AbortSignal): Promise<void> {
    const { promise } = this.#changed;
    const wake = (): void => this.#wake();
    signal.addEventListener('abort', wake, { once: true });
    await promise;
    signal.removeEventListener('abort', wake);
  }
}

function newTrouble(reason: string): Trouble {
  return {
    failures: 0,
    reason,
    pausedUntil: -Infinity,
    triedAt: 0,
    isGivenUp: false,
    trial: undefined,
    stepsAside: undefined,
  };
}
