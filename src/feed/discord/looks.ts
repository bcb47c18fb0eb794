import type { Clock } from '../../store/clock.ts';
import { SeenError } from '../../store/errors.ts';
import { FeedUnauthorizedError } from '../errors.ts';
import type { ItemProgress } from '../progress/item-progress.ts';
import { ChannelBreaker } from './channels/breaker.ts';
import type { ChannelTroubles } from './channels/troubles.ts';
import type { Destinations } from './destinations.ts';
import type { Doubt } from './doubt/doubts.ts';
import type { Destination } from './doubt/history.ts';
import { retryOf, type PostOutcome } from './post-outcome.ts';
import { classifyPostError, describePostError } from './refusals/classify-error.ts';
import { callerOf, type Verdicts } from './verdicts.ts';

export interface LooksContext {
  readonly clock: Clock;
  readonly destinations: Destinations;
  readonly troubles: ChannelTroubles;
  readonly verdicts: Verdicts;
}

/** The doubt as it is after a look; or the outcome in the channel, where the item has to wait. */
type Looked = { readonly doubt: Doubt } | { readonly outcome: PostOutcome };

const never = new AbortController().signal;

/**
 * Looks into the channels for what became of requests. Looks are paused apart from posts: where the history cannot be
 * read, other items are posted all the same.
 */
export class Looks {
  readonly #context: LooksContext;
  readonly #breaker: ChannelBreaker;

  constructor(context: LooksContext) {
    this.#context = context;
    this.#breaker = new ChannelBreaker(context.clock);
  }

  /**
   * Looks into a channel, unless that is paused.
   *
   * @throws {FeedUnauthorizedError} when the bot token is no longer valid, or an error of the store.
   */
  async into(
    channelId: string,
    progress: ItemProgress,
    look: (destination: Destination) => Promise<Doubt>,
  ): Promise<Looked> {
    const { destinations, troubles, verdicts } = this.#context;
    const caller = callerOf(progress);
    // A look ends by the time limits of its requests.
    if (!(await this.#breaker.enter([channelId], caller, never))) {
      const closed = this.#breaker.closed(channelId, caller);
      return { outcome: await verdicts.ofClosed(progress, channelId, closed) };
    }
    try {
      const destination = await destinations.of(channelId);
      const doubt = await look(destination);
      this.#breaker.recordSuccess(channelId, progress.id);
      troubles.recordReadHistory(channelId);
      if (doubt.kind !== 'wait') return { doubt };
      return { outcome: { kind: 'paused', reason: doubt.reason, holdsUpOthers: !destination.knowsNonces } };
    } catch (error) {
      return { outcome: await this.#lookAgainLater(progress, channelId, error) };
    }
  }

  /** Lets other items look where this one was to be the first, and has not looked. */
  leave(id: string): void {
    this.#breaker.leave(id);
  }

  /** Ends the item's own pause in the channel. */
  forgive(channelId: string, id: string): void {
    this.#breaker.forgive(channelId, id);
  }

  /** Posts of other items still get through, unless the channel is out of reach: this is no reason to pause it. */
  async #lookAgainLater(progress: ItemProgress, channelId: string, error: unknown): Promise<PostOutcome> {
    const { destinations, troubles, verdicts } = this.#context;
    const { id } = progress;
    if (error instanceof SeenError) throw error;
    const kind = classifyPostError(error);
    if (kind === 'unauthorized') throw new FeedUnauthorizedError({ cause: error });
    const why = describePostError(error);
    if (kind === 'channel' && (await destinations.isOutOfReach(channelId)))
      return verdicts.ofAnswer(progress, channelId, { error, inDoubt: true });
    const reason = `an earlier request may have been applied, and the history of channel ${channelId} cannot be read: ${why}`;
    const isChannels = this.#breaker.recordFailure(channelId, id, reason);
    if (isChannels) troubles.recordHiddenHistory(channelId, reason);
    return isChannels ? { kind: 'trouble', reason } : retryOf(this.#breaker, channelId, id, reason);
  }
}
