import { MessageType, SnowflakeUtil, type APIMessage } from 'discord.js';

import { pagesSince, requireReadable } from '../channels/history.ts';
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
  /** The messages that may be meant. Posts that resemble none of them may be left out, where that saves requests. */
  readonly fingerprints: readonly Fingerprint[];
}

/** A channel, as far as the way of finding out what became of a request depends on it. */
export interface Destination {
  /** True where Discord answers a repeated request with the message that it has made. */
  readonly knowsNonces: boolean;
  /**
   * Looks for the posts of a user in a stretch of time.
   *
   * @throws {HistoryHiddenError} when the bot may not read the history, or the error of a request.
   */
  postsOf(sender: Sender, query: PostQuery): Promise<PostsOfUser>;
}

/** The posts of a user in a stretch of a channel's history, oldest first. */
export interface PostsOfUser {
  readonly messages: readonly APIMessage[];
  /** False when the stretch has more messages than anybody can look through. */
  readonly isComplete: boolean;
}

/**
 * Looks through a channel's history for the posts of a user.
 *
 * @throws {HistoryHiddenError} when the bot may not read the history, or the error of a request.
 */
export async function postsOf(
  sender: Sender,
  channelId: string,
  { userId, stretch }: Omit<PostQuery, 'fingerprints'>,
): Promise<PostsOfUser> {
  const from = Math.max(stretch.from, Number(SnowflakeUtil.epoch));
  const after = String(SnowflakeUtil.generate({ timestamp: from, increment: 0n, workerId: 0n, processId: 0n }));
  const messages: APIMessage[] = [];
  let pages = 0;
  for await (const page of pagesSince(sender, channelId, after)) {
    pages += 1;
    if (pages === 1 && page.length === 0) await requireReadable(sender, channelId, after);
    const inTime = page.filter(({ id }) => isWithin(stretch, id));
    messages.push(...inTime.filter((message) => isPostOf(userId, message)));
    const last = page.at(-1);
    if (last !== undefined && SnowflakeUtil.timestampFrom(last.id) > stretch.to) break;
    if (pages === MAX_PAGES) return { messages, isComplete: false };
  }
  return { messages, isComplete: true };
}

/** Tells whether the message was made in the stretch. */
export function isWithin({ from, to }: Stretch, messageId: string): boolean {
  const at = SnowflakeUtil.timestampFrom(messageId);
  return at >= from && at <= to;
}

function isPostOf(userId: string, { author, webhook_id: webhookId, type }: APIMessage): boolean {
  return author.id === userId && webhookId === undefined && POST_TYPES.includes(type);
}
