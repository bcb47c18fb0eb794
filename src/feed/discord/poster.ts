import type { REST } from 'discord.js';

import type { Clock } from '../../store/clock.ts';
import type { PostRecord } from '../../store/contract/claims.ts';
import { reasonOf } from '../../store/errors.ts';
import { FeedUnauthorizedError } from '../errors.ts';
import type { MessageBody } from '../feed.ts';
import type { ItemProgress } from '../progress/item-progress.ts';
import { ChannelBreaker } from './channel-breaker.ts';
import { classifyPostError } from './classify-error.ts';
import { findPosted, HistoryHiddenError } from './history.ts';
import { guardRequests } from './request-guard.ts';
import { send, type Answer, type Sender } from './send.ts';

/** Discord remembers a nonce for "the past few minutes". Later than this, the channel's history is asked instead. */
const NONCE_WINDOW_MS = 120_000;

/** The outcome of one item in one channel. `paused` means that nothing was tried. */
export type PostOutcome =
  | { readonly kind: 'posted' }
  | { readonly kind: 'paused'; readonly until: Date }
  | { readonly kind: 'retry'; readonly error: string }
  | { readonly kind: 'failed'; readonly error: string };

/** The outcome that an earlier attempt settled for good; undefined for a channel that still has to get the post. */
export function settledOutcome(earlier: PostRecord | undefined): PostOutcome | undefined {
  if (earlier?.state === 'posted') return { kind: 'posted' };
  if (earlier?.state === 'failed') return { kind: 'failed', error: earlier.error ?? 'failed earlier' };
  return undefined;
}

/** Posts an item into a channel once, whatever became of earlier attempts. */
export class Poster {
  readonly #sender: Sender;
  readonly #breaker: ChannelBreaker;

  constructor(rest: REST, clock: Clock) {
    guardRequests(rest);
    this.#sender = { rest, clock };
    this.#breaker = new ChannelBreaker(clock);
  }

  /** The end of the channel's pause; undefined when it takes posts. */
  pausedUntil(channelId: string): Date | undefined {
    return this.#breaker.pausedUntil(channelId);
  }

  /** @throws {FeedUnauthorizedError} when the bot token is no longer valid. */
  async post(progress: ItemProgress, channelId: string, body: MessageBody): Promise<PostOutcome> {
    const earlier = progress.postIn(channelId);
    const settled = settledOutcome(earlier);
    if (settled !== undefined) return settled;
    const until = this.pausedUntil(channelId);
    if (until !== undefined) return { kind: 'paused', until };
    if (earlier === undefined) return this.#sendFirst(progress, channelId, body);
    return this.#resume(progress, channelId, body, earlier.intentAt);
  }

  /** An earlier request may have been applied: within the nonce's window Discord knows, later the channel does. */
  async #resume(progress: ItemProgress, channelId: string, body: MessageBody, intentAt: Date): Promise<PostOutcome> {
    if (this.#sender.clock.now() - intentAt.getTime() < NONCE_WINDOW_MS)
      return this.#sendAgain(progress, channelId, body);
    let messageId: string | undefined;
    try {
      messageId = await findPosted(this.#sender.rest, channelId, body, intentAt);
    } catch (error) {
      const reason = `the channel's history could not be read: ${reasonOf(error)}`;
      // Posts of other items still get through: this is no reason to pause the channel.
      return error instanceof HistoryHiddenError
        ? { kind: 'retry', error: reason }
        : this.#tryLater(channelId, reason, error);
    }
    if (messageId !== undefined) return this.#posted(progress, channelId, messageId);
    await progress.dropIntent(channelId);
    return this.#sendFirst(progress, channelId, body);
  }

  /** The intent is on disk before the request leaves, and goes when no try of the request can have been applied. */
  async #sendFirst(progress: ItemProgress, channelId: string, body: MessageBody): Promise<PostOutcome> {
    await progress.saveIntent(channelId);
    const answer = await send(this.#sender, progress.id, channelId, body);
    if ('error' in answer && !answer.inDoubt && mayWorkLater(answer.error)) await progress.dropIntent(channelId);
    return this.#conclude(progress, channelId, answer);
  }

  /** A refusal of the repeated request says nothing about the first one, whose intent stays open. */
  async #sendAgain(progress: ItemProgress, channelId: string, body: MessageBody): Promise<PostOutcome> {
    return this.#conclude(progress, channelId, await send(this.#sender, progress.id, channelId, body));
  }

  async #conclude(progress: ItemProgress, channelId: string, answer: Answer): Promise<PostOutcome> {
    if ('messageId' in answer) return this.#posted(progress, channelId, answer.messageId);
    const kind = classifyPostError(answer.error);
    if (kind === 'posted') return this.#posted(progress, channelId, null);
    if (kind !== 'invalid') return this.#tryLater(channelId, reasonOf(answer.error), answer.error);
    await progress.savePostFailure(channelId, reasonOf(answer.error));
    return { kind: 'failed', error: reasonOf(answer.error) };
  }

  #tryLater(channelId: string, error: string, cause: unknown): PostOutcome {
    const kind = classifyPostError(cause);
    if (kind === 'unauthorized') throw new FeedUnauthorizedError({ cause });
    if (kind === 'unknown') this.#breaker.recordFailure(channelId);
    else this.#breaker.trip(channelId);
    return { kind: 'retry', error };
  }

  async #posted(progress: ItemProgress, channelId: string, messageId: string | null): Promise<PostOutcome> {
    this.#breaker.recordSuccess(channelId);
    await progress.savePost(channelId, messageId);
    return { kind: 'posted' };
  }
}

function mayWorkLater(error: unknown): boolean {
  return !['posted', 'invalid'].includes(classifyPostError(error));
}
