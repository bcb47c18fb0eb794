import type { REST } from 'discord.js';

import type { PostRecord } from '../../store/contract/claims.ts';
import type { Clock } from '../../store/clock.ts';
import { reasonOf } from '../../store/errors.ts';
import { FeedUnauthorizedError } from '../errors.ts';
import type { MessageBody } from '../feed.ts';
import type { ItemRecord } from '../progress/item-progress.ts';
import { Destinations } from './channel-breaker.ts';
import { findPosted, HistoryHiddenError } from './history.ts';
import { guardRequests } from './request-guard.ts';
import { send, type Answer, type Sender } from './send.ts';
import { judge } from './classify-error.ts';

/** Discord remembers a nonce for "the past few minutes". Later than this, the channel's history is asked instead. */
const NONCE_WINDOW_MS = 120_000;

/** What came of one item in one channel. `paused` means that nothing was tried. */
export type PostOutcome =
  | { readonly kind: 'posted' }
  | { readonly kind: 'paused'; readonly until: Date }
  | { readonly kind: 'retry'; readonly error: string }
  | { readonly kind: 'failed'; readonly error: string };

/** What an earlier attempt settled for good; undefined for a channel that still has to get the post. */
export function settledOutcome(earlier: PostRecord | undefined): PostOutcome | undefined {
  if (earlier?.state === 'posted') return { kind: 'posted' };
  if (earlier?.state === 'failed') return { kind: 'failed', error: earlier.error ?? 'failed earlier' };
  return undefined;
}

/** Posts an item into a channel once, whatever became of earlier attempts. */
export class Poster {
  readonly #sender: Sender;
  readonly #destinations: Destinations;

  constructor(rest: REST, clock: Clock) {
    guardRequests(rest);
    this.#sender = { rest, clock };
    this.#destinations = new Destinations(clock);
  }

  /** Until when the channel is left alone; undefined when it is not. */
  pausedUntil(channelId: string): Date | undefined {
    return this.#destinations.pausedUntil(channelId);
  }

  /** @throws {FeedUnauthorizedError} when the token no longer counts. */
  async post(record: ItemRecord, channelId: string, body: MessageBody): Promise<PostOutcome> {
    const earlier = record.postIn(channelId);
    const settled = settledOutcome(earlier);
    if (settled !== undefined) return settled;
    const until = this.pausedUntil(channelId);
    if (until !== undefined) return { kind: 'paused', until };
    if (earlier === undefined) return this.#sendFirst(record, channelId, body);
    return this.#resume(record, channelId, body, earlier.intentAt);
  }

  /** An earlier request may have been applied: within the nonce's window Discord knows, later the channel does. */
  async #resume(record: ItemRecord, channelId: string, body: MessageBody, intentAt: Date): Promise<PostOutcome> {
    if (this.#sender.clock.now() - intentAt.getTime() < NONCE_WINDOW_MS)
      return this.#sendAgain(record, channelId, body);
    let messageId: string | undefined;
    try {
      messageId = await findPosted(this.#sender.rest, channelId, body, intentAt);
    } catch (error) {
      const reason = `the channel's history could not be read: ${reasonOf(error)}`;
      // Posts of other items still get through: that is no reason to leave the channel alone.
      return error instanceof HistoryHiddenError
        ? { kind: 'retry', error: reason }
        : this.#later(channelId, reason, error);
    }
    if (messageId !== undefined) return this.#posted(record, channelId, messageId);
    await record.dropIntent(channelId);
    return this.#sendFirst(record, channelId, body);
  }

  /** The intent is on disk before the request leaves, and goes when no try of the request can have been applied. */
  async #sendFirst(record: ItemRecord, channelId: string, body: MessageBody): Promise<PostOutcome> {
    await record.saveIntent(channelId);
    const answer = await send(this.#sender, record.id, channelId, body);
    if ('error' in answer && !answer.inDoubt && mayWorkLater(answer.error)) await record.dropIntent(channelId);
    return this.#conclude(record, channelId, answer);
  }

  /** A refusal of the repeated request says nothing about the first one, whose intent stays open. */
  async #sendAgain(record: ItemRecord, channelId: string, body: MessageBody): Promise<PostOutcome> {
    return this.#conclude(record, channelId, await send(this.#sender, record.id, channelId, body));
  }

  async #conclude(record: ItemRecord, channelId: string, answer: Answer): Promise<PostOutcome> {
    if ('messageId' in answer) return this.#posted(record, channelId, answer.messageId);
    const verdict = judge(answer.error);
    if (verdict === 'posted') return this.#posted(record, channelId, null);
    if (verdict !== 'invalid') return this.#later(channelId, reasonOf(answer.error), answer.error);
    await record.savePostFailure(channelId, reasonOf(answer.error));
    return { kind: 'failed', error: reasonOf(answer.error) };
  }

  #later(channelId: string, error: string, cause: unknown): PostOutcome {
    const verdict = judge(cause);
    if (verdict === 'unauthorized') throw new FeedUnauthorizedError({ cause });
    if (verdict === 'unknown') this.#destinations.failed(channelId);
    else this.#destinations.refused(channelId);
    return { kind: 'retry', error };
  }

  async #posted(record: ItemRecord, channelId: string, messageId: string | null): Promise<PostOutcome> {
    this.#destinations.worked(channelId);
    await record.savePost(channelId, messageId);
    return { kind: 'posted' };
  }
}

function mayWorkLater(error: unknown): boolean {
  return !['posted', 'invalid'].includes(judge(error));
}
