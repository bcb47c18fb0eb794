import { DiscordAPIError, RESTJSONErrorCodes as Code } from 'discord.js';

import { listPosts, type Destination } from './doubt/history.ts';
import type { SentBody } from './doubt/fingerprint.ts';
import type { Sender } from './rest/ask.ts';
import { editMessage } from './message/edit.ts';
import { send, type Answer } from './message/send.ts';
import { classifyPostError } from './refusals/classify-error.ts';
import type { ChannelKinds } from './channels/kinds.ts';
import { createThread } from './forum/create-thread.ts';
import { listForumPosts, withThreadName } from './forum/forum-posts.ts';
import type { Post } from './forum/forum-thread.ts';

/** Refusals of a request that is meant for another kind of channel. */
const WRONG_KIND: ReadonlySet<unknown> = new Set([
  Code.CannotSendMessagesInNonTextChannel,
  Code.CannotExecuteActionOnThisChannelType,
  Code.CannotSendAMessageInAForumChannel,
]);

/** Sends posts into channels of any kind: a message, or in a forum a thread. */
export class Destinations {
  readonly #sender: Sender;
  readonly #kinds: ChannelKinds;

  constructor(sender: Sender, kinds: ChannelKinds) {
    this.#sender = sender;
    this.#kinds = kinds;
  }

  /**
   * Sends a post. Never rejects. A channel is taken for one with messages until Discord says otherwise, so that most
   * channels cost no further request.
   *
   * @param id The item's id.
   */
  send(id: string, channelId: string, post: Post): Promise<Answer> {
    const { body, thread } = post;
    if (thread !== undefined && this.#isForum(channelId)) return createThread(this.#sender, channelId, body, thread);
    return send(this.#sender, id, channelId, body);
  }

  /**
   * Edits the message of a post.
   *
   * @throws The error of a request.
   */
  async edit(channelId: string, messageId: string, { body, thread }: Post): Promise<void> {
    const isForum = thread !== undefined && (await this.#kinds.find(channelId)).isForum;
    await editMessage(this.#sender, isForum ? messageId : channelId, messageId, body);
  }

  /** The post as it will be found in the channel. */
  shown(channelId: string, { body, thread }: Post): SentBody {
    return thread !== undefined && this.#isForum(channelId) ? withThreadName(thread.name, body) : body;
  }

  /** False for a channel that is known to be a forum. */
  mayKnowNonces(channelId: string): boolean {
    return !this.#isForum(channelId);
  }

  /** Tells whether the request was meant for another kind of channel than this one, and is worth another try. */
  async wasMistaken(channelId: string, { thread }: Post, answer: Answer): Promise<boolean> {
    if (thread === undefined || !isWrongKind(answer)) return false;
    const wasForum = this.#isForum(channelId);
    this.#kinds.forget(channelId);
    try {
      return (await this.#kinds.find(channelId)).isForum !== wasForum;
    } catch {
      // The refusal says more than the error of a question about it.
      return false;
    }
  }

  /** Tells whether the bot cannot even see the channel, which then takes no posts either. */
  async isOutOfReach(channelId: string): Promise<boolean> {
    this.#kinds.forget(channelId);
    try {
      await this.#kinds.find(channelId);
      return false;
    } catch (error) {
      return classifyPostError(error) === 'channel';
    }
  }

  /** @throws The error of the request for the kind of the channel. */
  async of(channelId: string): Promise<Destination> {
    const { isForum, guildId } = await this.#kinds.find(channelId);
    if (!isForum || guildId === undefined)
      return { knowsNonces: true, list: (sender, query) => listPosts(sender, channelId, query) };
    const forum = { guildId, channelId };
    return { knowsNonces: false, list: (sender, query) => listForumPosts(sender, forum, query) };
  }

  #isForum(channelId: string): boolean {
    return this.#kinds.known(channelId)?.isForum === true;
  }
}

function isWrongKind(answer: Answer): boolean {
  return 'error' in answer && answer.error instanceof DiscordAPIError && WRONG_KIND.has(answer.error.code);
}
