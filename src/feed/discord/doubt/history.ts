import { MessageType, SnowflakeUtil, type APIMessage } from 'discord.js';

import { pagesBack, pagesSince } from '../channels/history.ts';
import type { Sender } from '../rest/ask.ts';
import type { Fingerprint } from './fingerprint.ts';

/** Pages that are read, at most. Nobody looks through more of a channel for one message. */
const MAX_PAGES = 200;
/** Messages that a bot posts; the others answer a command, or are Discord's. */
const POST_TYPES: readonly MessageType[] = [MessageType.Default, MessageType.Reply];

/** A stretch of Discord's time, both ends included, in milliseconds since the Unix epoch. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** The posts that are looked for. */
export interface PostQuery {
  /** The user who has made them. */
  readonly userId: string;
  readonly stretch: Stretch;
}

/** A channel, as far as the way of finding out what became of a request depends on it. */
export interface Destination {
  /** True where Discord answers a repeated request with the message that it has made. */
  readonly knowsNonces: boolean;
  /**
   * Lists the posts of a user in a stretch of time.
   *
   * @throws {HistoryHiddenError} when the bot may not read the history, or the error of a request.
   */
  list(sender: Sender, query: PostQuery): Promise<Listing>;
}

/** The posts of a user in a stretch of a channel's history. */
export interface Listing {
  /** False when the stretch has more messages than anybody can look through. */
  readonly isComplete: boolean;
  /**
   * The posts, oldest first. Those that resemble none of the messages may be left out, where that saves requests.
   *
   * @throws The error of a request.
   */
  like(sent: readonly Fingerprint[]): Promise<readonly APIMessage[]>;
}

/**
 * Lists the posts of a user in a channel with messages. Where the stretch goes on to the present, the latest messages
 * are read first: of a channel with too many, these are worth the most.
 *
 * @throws {HistoryHiddenError} when the bot may not read the history, or the error of a request.
 */
export async function listPosts(sender: Sender, channelId: string, { userId, stretch }: PostQuery): Promise<Listing> {
  const from = Math.max(stretch.from, Number(SnowflakeUtil.epoch));
  const after = String(SnowflakeUtil.generate({ timestamp: from, increment: 0n, workerId: 0n, processId: 0n }));
  const readsBack = stretch.to === Infinity;
  const isBeyond = ({ id }: APIMessage): boolean => !isWithin(stretch, id);
  const messages: APIMessage[] = [];
  let pages = 0;
  let isComplete = true;
  for await (const page of readsBack ? pagesBack(sender, channelId) : pagesSince(sender, channelId, after)) {
    pages += 1;
    messages.push(...page.filter((message) => isWithin(stretch, message.id) && isPostOf(userId, message)));
    const last = page.at(-1);
    if (last !== undefined && isBeyond(last)) break;
    isComplete = pages < MAX_PAGES;
    if (!isComplete) break;
  }
  if (readsBack) messages.reverse();
  return { isComplete, like: () => Promise.resolve(messages) };
}

/** Tells whether the message was made in the stretch. */
export function isWithin({ from, to }: Stretch, messageId: string): boolean {
  const at = SnowflakeUtil.timestampFrom(messageId);
  return at >= from && at <= to;
}

function isPostOf(userId: string, { author, webhook_id: webhookId, type }: APIMessage): boolean {
  return author.id === userId && webhookId === undefined && POST_TYPES.includes(type);
}
