import { Routes, type REST } from 'discord.js';

import type { Clock } from '../../store/clock.ts';
import { FeedUnauthorizedError } from '../errors.ts';
import type { MessageBody } from '../feed.ts';
import type { ItemRecord } from '../record.ts';
import { Destinations } from './destinations.ts';
import { findPosted } from './history.ts';
import { messageNonce } from './nonce.ts';
import { guardRateLimits } from './rate-limit-guard.ts';
import { judge } from './verdict.ts';

/** Discord remembers a nonce for "the past few minutes". Later than this, the channel's history is asked instead. */
const NONCE_WINDOW_MS = 120_000;
/** Longest time a request may take with its queue and retries, so that it arrives within the nonce's window. */
const REQUEST_TIMEOUT_MS = 45_000;

/** What came of one item in one channel. `paused` means that nothing was tried. */
export type PostOutcome =
  | { readonly kind: 'posted' }
  | { readonly kind: 'paused'; readonly until: Date }
  | { readonly kind: 'retry'; readonly error: string }
  | { readonly kind: 'failed'; readonly error: string };

/** Posts an item into a channel once, whatever became of earlier attempts. */
export class Poster {
  readonly #rest: REST;
  readonly #clock: Clock;
  readonly #destinations: Destinations;

  constructor(rest: REST, clock: Clock) {
    guardRateLimits(rest);
    this.#rest = rest;
    this.#clock = clock;
    this.#destinations = new Destinations(clock);
  }

  /** Until when the channel is left alone; undefined when it is not. */
  pausedUntil(channelId: string): Date | undefined {
    return this.#destinations.pausedUntil(channelId);
  }

  /** @throws {FeedUnauthorizedError} when the token no longer counts. */
  async post(record: ItemRecord, channelId: string, body: MessageBody): Promise<PostOutcome> {
    const earlier = record.postIn(channelId);
    if (earlier?.state === 'posted') return { kind: 'posted' };
    if (earlier?.state === 'failed') return { kind: 'failed', error: earlier.error ?? 'failed earlier' };
    const until = this.pausedUntil(channelId);
    if (until !== undefined) return { kind: 'paused', until };
    if (earlier === undefined) return this.#sendFirst(record, channelId, body);
    return this.#resume(record, channelId, body, earlier.intentAt);
  }

  /** An earlier request may have been applied: within the nonce's window Discord knows, later the channel does. */
  async #resume(record: ItemRecord, channelId: string, body: MessageBody, intentAt: Date): Promise<PostOutcome> {
    if (this.#clock.now() - intentAt.getTime() < NONCE_WINDOW_MS) return this.#sendAgain(record, channelId, body);
    let messageId: string | undefined;
    try {
      messageId = await findPosted(this.#rest, channelId, body, intentAt);
    } catch (error) {
      return this.#later(channelId, `the channel's history could not be read: ${reasonOf(error)}`, error);
    }
    if (messageId !== undefined) return this.#posted(record, channelId, messageId);
    await record.dropIntent(channelId);
    return this.#sendFirst(record, channelId, body);
  }

  /** The intent is on disk before the request leaves, and goes when the request was refused for certain. */
  async #sendFirst(record: ItemRecord, channelId: string, body: MessageBody): Promise<PostOutcome> {
    await record.saveIntent(channelId);
    const answer = await this.#request(record.id, channelId, body);
    if ('error' in answer && isRefusal(answer.error)) await record.dropIntent(channelId);
    return this.#conclude(record, channelId, answer);
  }

  /** A refusal of the repeated request says nothing about the first one, whose intent stays open. */
  async #sendAgain(record: ItemRecord, channelId: string, body: MessageBody): Promise<PostOutcome> {
    return this.#conclude(record, channelId, await this.#request(record.id, channelId, body));
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

  async #request(key: string, channelId: string, body: MessageBody): Promise<Answer> {
    const timeout = new AbortController();
    const answered = new AbortController();
    const expiry = this.#clock.sleep(REQUEST_TIMEOUT_MS, answered.signal).then(
      () => timeout.abort(new Error(`no answer within ${REQUEST_TIMEOUT_MS / 1000} s`)),
      () => undefined,
    );
    try {
      const sent = { ...body, nonce: messageNonce(key, channelId), enforce_nonce: true };
      const answer = await this.#rest.post(Routes.channelMessages(channelId), { body: sent, signal: timeout.signal });
      return { messageId: messageIdOf(answer) };
    } catch (error) {
      return { error };
    } finally {
      answered.abort();
      await expiry;
    }
  }
}

type Answer = { readonly messageId: string } | { readonly error: unknown };

function isRefusal(error: unknown): boolean {
  return ['refused', 'unauthorized'].includes(judge(error));
}

function messageIdOf(answer: unknown): string {
  if (typeof answer === 'object' && answer !== null && 'id' in answer) return String(answer.id);
  throw new Error('Discord answered without a message');
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
