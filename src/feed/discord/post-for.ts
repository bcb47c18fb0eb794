import { messageFor, type MessageContext } from './message/message-for.ts';
import { threadOf, type Post } from './forum/forum-thread.ts';

/**
 * The post of an item for one channel: its message, and the thread that it begins where the channel is a forum.
 *
 * @throws {SeenInputError} naming a part of the message that cannot be sent.
 */
export function postFor<Item, Enrichment>(
  context: MessageContext<Item, Enrichment>,
  item: Item,
  enrichment: Enrichment | undefined,
  channelId: string,
): Post {
  const body = messageFor(context, item, enrichment, channelId);
  const thread = context.feed.thread?.(item, enrichment, channelId);
  return { body, thread: thread && threadOf(body, thread) };
}
