import type { REST } from 'discord.js';

import { commandText } from '../../../commands/command-option.ts';
import { isUpToDate, type QuestionBody } from '../../../commands/views/hold-question.ts';
import { DAY_MS, type Clock } from '../../../store/clock.ts';
import type { Hold, HoldQuestion } from '../../../store/contract/holds.ts';
import type { SeenStore } from '../../../store/contract/seen-store.ts';
import type { SeenLogger } from '../../../store/logger.ts';
import { FeedUnauthorizedError } from '../../errors.ts';
import { classifyPostError } from '../refusals/classify-error.ts';
import { NONCE_WINDOW_MS } from '../message/nonce.ts';
import { QuestionMessages } from './question-messages.ts';
import type { Result } from './request.ts';

/** A question that has stood for so long is asked anew: the one before has scrolled away. */
const ASK_AGAIN_MS = DAY_MS;

/** The means of asking: where the question is remembered, and how it gets to Discord. */
export interface QuestionContext {
  readonly store: SeenStore;
  readonly rest: REST;
  readonly clock: Clock;
  readonly logger: SeenLogger;
}

/**
 * The state of the question in a channel: it stands there, it cannot be asked there, or nobody knows yet and the next
 * cycle looks again.
 */
export type Standing = 'stands' | 'unreachable' | 'unknown';

/** Keeps the question about one hold asked in a channel: once, and again when it is gone or a day old. */
export class QuestionKeeper {
  readonly #context: QuestionContext;
  readonly #hold: Hold;
  readonly #body: QuestionBody;
  readonly #messages: QuestionMessages;

  constructor(context: QuestionContext, hold: Hold, body: QuestionBody) {
    this.#context = context;
    this.#hold = hold;
    this.#body = body;
    this.#messages = new QuestionMessages(context, hold);
  }

  /** @throws {FeedUnauthorizedError} when Discord refuses the bot token. */
  async keepAsked(channelId: string): Promise<Standing> {
    const known = this.#hold.questions.find((question) => question.channelId === channelId);
    if (known === undefined) return this.#ask(channelId, null);
    if (known.messageId === null) return this.#resume(known);
    if (this.#isOlderThan(known, ASK_AGAIN_MS)) return this.#renew(known, known.messageId);
    return this.#check(known, known.messageId);
  }

  /** Takes back the question of a channel in which it is no longer to stand. What fails is tried again by the next call. */
  async takeBack(question: HoldQuestion): Promise<void> {
    const found = await this.#messages.locate(question);
    const results: Result<unknown>[] = [found];
    for (const id of found.kind === 'done' ? found.value : [])
      results.push(await this.#messages.delete(question.channelId, id));
    if (results.some(({ kind }) => kind === 'failed')) return;
    await this.#context.store.holds.dropQuestion(this.#hold.id, question);
  }

  /** The intent is on disk before the request leaves. It goes when the channel has refused the request for certain. */
  async #ask(channelId: string, known: HoldQuestion | null): Promise<Standing> {
    const { holds } = this.#context.store;
    const question = await holds.startQuestion(this.#hold.id, channelId, known);
    // Another process asks, or somebody has decided.
    if (question === null) return 'stands';
    const standing = await this.#send(question);
    if (standing === 'unreachable') await holds.dropQuestion(this.#hold.id, question);
    return standing;
  }

  async #send(question: HoldQuestion): Promise<Standing> {
    const { store, logger } = this.#context;
    const { channelId } = question;
    const answer = await this.#messages.create(question, this.#body);
    if ('messageId' in answer) {
      await store.holds.saveQuestion(this.#hold.id, question, answer.messageId);
      return 'stands';
    }
    const { error, inDoubt } = answer;
    const kind = classifyPostError(error);
    if (kind === 'unauthorized') throw new FeedUnauthorizedError({ cause: error });
    // The request before this one got through, and somebody has deleted the message since.
    if (kind === 'posted') await store.holds.dropQuestion(this.#hold.id, question);
    logger.error('feed_flood_question_failed', this.#fields(channelId, error));
    return !inDoubt && (kind === 'channel' || kind === 'content') ? 'unreachable' : 'unknown';
  }

  /** The answer to an earlier request was lost: the channel knows what became of it, and for a few minutes Discord does. */
  async #resume(question: HoldQuestion): Promise<Standing> {
    const found = await this.#messages.find(question);
    const [newest, ...others] = found.kind === 'done' ? found.value : [];
    if (newest !== undefined) {
      await this.#context.store.holds.saveQuestion(this.#hold.id, question, newest);
      for (const id of others) this.#noteOutcome(question, await this.#messages.delete(question.channelId, id));
      return 'stands';
    }
    if (!this.#isOlderThan(question, NONCE_WINDOW_MS)) return this.#send(question);
    const isHidden = found.kind === 'refused' || found.kind === 'failed';
    if (isHidden && !this.#isOlderThan(question, ASK_AGAIN_MS)) return this.#wait(question, found.error);
    return this.#ask(question.channelId, question);
  }

  #wait({ channelId }: HoldQuestion, error: unknown): Standing {
    this.#context.logger.warn('feed_flood_question_unknown', this.#fields(channelId, error));
    return 'unknown';
  }

  #fields(channelId: string, error: unknown): object {
    const permissions = '"View Channel", "Send Messages" and "Read Message History"';
    const hint = `Decide with ${commandText('hold')}, or give the bot ${permissions} in that channel.`;
    return { feed: this.#hold.feed, channel_id: channelId, hint, error };
  }

  /** The old message goes first, so that a crash in between leaves too few of them and not too many. */
  async #renew(question: HoldQuestion, messageId: string): Promise<Standing> {
    const deleted = await this.#messages.delete(question.channelId, messageId);
    return deleted.kind === 'failed' ? 'stands' : this.#ask(question.channelId, question);
  }

  /** A message that the bot may not look at is taken to stand until it is a day old. */
  async #check(question: HoldQuestion, messageId: string): Promise<Standing> {
    const message = await this.#messages.read(question.channelId, messageId);
    if (message.kind === 'gone') return this.#ask(question.channelId, question);
    if (message.kind === 'done' && !isUpToDate(this.#hold, message.value.components))
      this.#noteOutcome(question, await this.#messages.edit(question.channelId, messageId, this.#body));
    return 'stands';
  }

  /** Logs that a message stays as it is, out of date or beside a newer one. Its buttons work all the same. */
  #noteOutcome({ channelId }: HoldQuestion, result: Result<unknown>): void {
    if (result.kind === 'done' || result.kind === 'gone') return;
    const fields = { feed: this.#hold.feed, channel_id: channelId, error: result.error };
    this.#context.logger.warn('feed_flood_question_stays', fields);
  }

  /** A time that lies ahead was noted by a clock that was wrong. */
  #isOlderThan({ askedAt }: HoldQuestion, ms: number): boolean {
    return Math.abs(this.#context.clock.now() - askedAt.getTime()) >= ms;
  }
}
