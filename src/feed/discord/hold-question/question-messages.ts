import { Routes, SnowflakeUtil, type APIMessage } from 'discord.js';

import { asksAbout, type QuestionBody } from '../../../commands/views/hold-question.ts';
import { DAY_MS } from '../../../store/clock.ts';
import type { Hold, HoldQuestion } from '../../../store/contract/holds.ts';
import { pagesBack } from '../channels/history.ts';
import { ask, type Sender } from '../rest/ask.ts';
import { send, type Answer } from '../message/send.ts';
import { resultOf, type Result } from './request.ts';

/** Where a thousand messages came after it, a question is out of sight: asking again is right then. */
const MAX_PAGES = 10;
/** Far more than the machine's clock and Discord's may differ by. */
const CLOCK_ERROR_MS = DAY_MS;

/** The messages that ask about one hold. Each method throws a `FeedUnauthorizedError` when Discord refuses the token. */
export class QuestionMessages {
  readonly #sender: Sender;
  readonly #hold: Hold;

  constructor(sender: Sender, hold: Hold) {
    this.#sender = sender;
    this.#hold = hold;
  }

  /** Creates the message of a question. The same question always has the same nonce, and the next one another. */
  create({ channelId, askedAt }: HoldQuestion, body: QuestionBody): Promise<Answer> {
    return send(this.#sender, `hold:${this.#hold.name}:${askedAt.getTime()}`, channelId, body);
  }

  read(channelId: string, messageId: string): Promise<Result<APIMessage>> {
    const route = Routes.channelMessage(channelId, messageId);
    return resultOf(ask(this.#sender, (rest, signal) => rest.get(route, { signal })));
  }

  edit(channelId: string, messageId: string, body: QuestionBody): Promise<Result<unknown>> {
    const route = Routes.channelMessage(channelId, messageId);
    return resultOf(ask(this.#sender, (rest, signal) => rest.patch(route, { body, signal })));
  }

  delete(channelId: string, messageId: string): Promise<Result<unknown>> {
    const route = Routes.channelMessage(channelId, messageId);
    return resultOf(ask(this.#sender, (rest, signal) => rest.delete(route, { signal })));
  }

  /** The ids of a question's messages, the newest first: one, or none or several where its answer was lost. */
  async locate(question: HoldQuestion): Promise<Result<readonly string[]>> {
    return question.messageId === null ? this.find(question) : done([question.messageId]);
  }

  /**
   * Looks in the channel for messages with the hold's buttons, which no other message can have.
   *
   * @returns The ids of the messages, the newest first.
   */
  find({ channelId, askedAt }: HoldQuestion): Promise<Result<readonly string[]>> {
    return resultOf(this.#search(channelId, askedAt.getTime()));
  }

  /** Goes back from the newest message: the question is among the last, whatever the machine's clock says. */
  async #search(channelId: string, askedAt: number): Promise<string[]> {
    const ids: string[] = [];
    let pages = 0;
    for await (const page of pagesBack(this.#sender, channelId)) {
      pages += 1;
      ids.push(...page.filter(({ components }) => asksAbout(this.#hold, components)).map(({ id }) => id));
      const oldest = page.at(-1);
      if (oldest === undefined || SnowflakeUtil.timestampFrom(oldest.id) < askedAt - CLOCK_ERROR_MS) break;
      if (pages === MAX_PAGES) break;
    }
    return ids;
  }
}

function done<Value>(value: Value): Result<Value> {
  return { kind: 'done', value };
}
