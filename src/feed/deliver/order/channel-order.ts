import { sleepUnlessAborted } from '../../../store/clock.ts';
import type { Claim } from '../../../store/contract/claims.ts';
import type { ResolvedContext } from '../../context.ts';
import { Deadline } from '../../deadline.ts';
import type { PostOutcome } from '../../discord/post-outcome.ts';
import type { Poster } from '../../discord/poster.ts';
import { isStoreFault, type StoreFaults } from '../../progress/store-faults.ts';
import { ChannelLine, type Spot } from './channel-line.ts';

const NEVER = new AbortController().signal;

/** Pause between two looks at what other processes have under a lease, in milliseconds. */
const POLL_MS = 250;

export interface OrderContext extends Pick<ResolvedContext<unknown>, 'store' | 'clock' | 'options'> {
  readonly poster: Poster;
  readonly faults: StoreFaults;
}

/**
 * Keeps the posts of a batch in order: in each channel, an item is posted after those that come before it. An item that
 * is slow delays its successors for `orderWaitMs` at most, counted from the moment at which the successor is ready; a
 * request that is under way is awaited, since it ends within its own time limit.
 */
export class ChannelOrder {
  readonly #context: OrderContext;
  readonly #lines = new Map<string, ChannelLine>();

  constructor(context: OrderContext) {
    this.#context = context;
  }

  /**
   * Adds the next item of the batch.
   *
   * @param channelIds The channels that the item is still to be posted in.
   * @param claim Undefined for an item that is delivered while the store is down.
   */
  join(channelIds: readonly string[], claim: Claim | undefined): Turns {
    const turns = channelIds.map((id) => {
      const line = this.#lines.get(id) ?? new ChannelLine(id, this.#context.poster);
      this.#lines.set(id, line);
      return [id, { line, spot: line.join() }] as const;
    });
    return new Turns(this.#context, new Map(turns), claim);
  }
}

interface Turn {
  readonly line: ChannelLine;
  readonly spot: Spot;
}

/** The turns of one item, one for each channel that it is still to be posted in. */
export class Turns {
  readonly #context: OrderContext;
  readonly #turns: ReadonlyMap<string, Turn>;
  readonly #claim: Claim | undefined;
  #isParked = false;

  constructor(context: OrderContext, turns: ReadonlyMap<string, Turn>, claim: Claim | undefined) {
    this.#context = context;
    this.#turns = turns;
    this.#claim = claim;
  }

  /** The channels that the item was still to be posted in when it joined. */
  get channelIds(): string[] {
    return [...this.#turns.keys()];
  }

  /** The outcome in each channel when all are closed to the batch: an enrichment would be paid for nothing. */
  pauses(): PostOutcome[] | undefined {
    const reasons = [...this.#turns.values()].flatMap(({ line }) => line.pause ?? []);
    if (reasons.length === 0 || reasons.length < this.#turns.size) return undefined;
    return reasons.map((reason) => ({ kind: 'paused', reason }));
  }

  /** Notes that the item is ready to be posted, and returns true when one before it is not: it may wait for long. */
  setReady(): boolean {
    const spots = [...this.#turns.values()].map(({ spot }) => spot);
    for (const spot of spots) spot.setReady();
    if (spots.some((spot) => spot.isBehindUnready())) this.#isParked = true;
    return this.#isParked;
  }

  /**
   * Sends when it is the item's turn in the channel.
   *
   * Once the signal aborts, an item is not sent that waits for one which is not ready, or for another process. One that
   * merely waits for requests is under way, and ends cleanly.
   */
  async post(channelId: string, signal: AbortSignal, send: () => Promise<PostOutcome>): Promise<PostOutcome> {
    const turn = this.#turns.get(channelId);
    if (turn === undefined) return send();
    const { line, spot } = turn;
    try {
      const deadline = this.#newDeadline();
      const stop = this.#isParked ? signal : NEVER;
      if (!spot.isClear()) await waitFor(spot.clear, deadline, stop);
      const isHeldUp = stop.aborted || (await this.#isHeldUpByOthers(deadline, signal));
      const outcome = isHeldUp ? undefined : await line.request(send, stop);
      return outcome ?? { kind: 'paused', reason: 'the bot stopped before it was its turn' };
    } finally {
      spot.leave();
    }
  }

  /** Lets the items behind this one go ahead. */
  leave(): void {
    for (const { spot } of this.#turns.values()) spot.leave();
  }

  /**
   * Waits while another process has an earlier item of the feed under a lease, and returns true when the signal aborts
   * before the wait is over.
   */
  async #isHeldUpByOthers(deadline: Deadline, signal: AbortSignal): Promise<boolean> {
    while (deadline.leftMs() > 0 && (await this.#isBehindOther())) {
      if (signal.aborted) return true;
      await sleepUnlessAborted(this.#context.clock, Math.min(POLL_MS, Math.max(0, deadline.leftMs())), signal);
    }
    return false;
  }

  /** A store that cannot tell is no reason to wait. */
  async #isBehindOther(): Promise<boolean> {
    if (this.#claim === undefined) return false;
    try {
      return await this.#context.store.isBehindOtherOwner(this.#claim);
    } catch (error) {
      if (!isStoreFault(error)) throw error;
      this.#context.faults.report(error);
      return false;
    }
  }

  #newDeadline(): Deadline {
    const { clock, options } = this.#context;
    return new Deadline(clock, options.orderWaitMs);
  }
}

/** Resolves with the event, or at the deadline, or as soon as the signal aborts. */
async function waitFor(event: Promise<void>, deadline: Deadline, signal: AbortSignal): Promise<void> {
  const over = new AbortController();
  const left = deadline.leftMs();
  if (left <= 0) return;
  const bound = sleepUnlessAborted(deadline.clock, left, AbortSignal.any([signal, over.signal]));
  await Promise.race([event, bound]);
  over.abort();
}
