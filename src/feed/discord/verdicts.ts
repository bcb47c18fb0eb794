import { FeedUnauthorizedError } from '../errors.ts';
import type { ItemProgress } from '../progress/item-progress.ts';
import type { Caller, ChannelBreaker, Closed } from './channels/breaker.ts';
import type { ChannelTroubles } from './channels/troubles.ts';
import { classifyPostError, describePostError } from './refusals/classify-error.ts';
import type { Publisher } from './publisher.ts';
import { retryOf, type PostOutcome } from './post-outcome.ts';
import type { Answer } from './message/send.ts';

export interface VerdictsOptions {
  readonly breaker: ChannelBreaker;
  readonly troubles: ChannelTroubles;
  /** Undefined for a feed whose posts are not published. */
  readonly publisher: Publisher | undefined;
}

/** Makes the outcome of a post from what became of its request, and keeps it: for the item, and for its channel. */
export class Verdicts {
  readonly #breaker: ChannelBreaker;
  readonly #troubles: ChannelTroubles;
  readonly #publisher: Publisher | undefined;

  constructor({ breaker, troubles, publisher }: VerdictsOptions) {
    this.#breaker = breaker;
    this.#troubles = troubles;
    this.#publisher = publisher;
  }

  /**
   * The outcome of a request to make the post.
   *
   * @throws {FeedUnauthorizedError} when the bot token is no longer valid.
   */
  async ofAnswer(progress: ItemProgress, channelId: string, answer: Answer): Promise<PostOutcome> {
    if ('messageId' in answer) return this.posted(progress, channelId, answer.messageId);
    const kind = classifyPostError(answer.error);
    if (kind === 'unauthorized') throw new FeedUnauthorizedError({ cause: answer.error });
    if (kind === 'posted') return this.posted(progress, channelId, null);
    const reason = describePostError(answer.error);
    if (kind === 'content') return this.failed(progress, channelId, `Discord refused it: ${reason}`);
    if (kind === 'later') return this.#tryLater(progress, channelId, `channel ${channelId}: ${reason}`);
    return this.#waitForChannel(progress, channelId, `channel ${channelId} takes no posts: ${reason}`);
  }

  /** The outcome in a channel that is closed to the item. Undefined for one that opened just now: its pause is over. */
  async ofClosed(progress: ItemProgress, channelId: string, closed: Closed | undefined): Promise<PostOutcome> {
    if (closed?.kind === 'given-up') return this.failed(progress, channelId, closed.reason);
    if (closed?.kind === 'item-paused') return closed;
    return { kind: 'paused', reason: closed?.reason ?? 'the channel was paused' };
  }

  /** The outcome in a channel that is given up for the item. */
  async failed(progress: ItemProgress, channelId: string, error: string): Promise<PostOutcome> {
    await progress.savePostFailure(channelId, error);
    return { kind: 'failed', error };
  }

  /** The outcome of a message that exists, or did: null for one that was deleted before its id was known. */
  async posted(progress: ItemProgress, channelId: string, messageId: string | null): Promise<PostOutcome> {
    this.#breaker.recordSuccess(channelId, progress.id);
    await progress.savePost(channelId, messageId);
    if (messageId !== null) this.#publisher?.publish(channelId, messageId);
    await this.#troubles.recordSuccess(channelId);
    return { kind: 'posted', messageId };
  }

  async #tryLater({ id }: ItemProgress, channelId: string, reason: string): Promise<PostOutcome> {
    const isChannels = this.#breaker.recordFailure(channelId, id, reason);
    if (!isChannels) return retryOf(this.#breaker, channelId, id, reason);
    await this.#troubles.recordTrouble(channelId, reason);
    return { kind: 'trouble', reason };
  }

  async #waitForChannel(progress: ItemProgress, channelId: string, reason: string): Promise<PostOutcome> {
    const isChannels = this.#breaker.recordFailure(channelId, progress.id, reason);
    if (!isChannels) return retryOf(this.#breaker, channelId, progress.id, reason);
    await this.#troubles.recordRefusal(channelId, reason);
    const closed = this.#breaker.closed(channelId, callerOf(progress));
    return closed?.kind === 'given-up' ? this.ofClosed(progress, channelId, closed) : { kind: 'trouble', reason };
  }
}

/** The item as the breaker knows it. */
export function callerOf(progress: ItemProgress): Caller {
  return { id: progress.id, isWanted: (channelId) => progress.postIn(channelId)?.state === 'open' };
}
