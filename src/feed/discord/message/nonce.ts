import { createHash } from 'node:crypto';

/** Discord takes 25 characters. */
const LENGTH = 25;

/**
 * Time for which Discord certainly remembers a nonce, in milliseconds: it says "the past few minutes". Later than this,
 * the channel's history is asked instead.
 */
export const NONCE_WINDOW_MS = 120_000;

/**
 * The nonce of an item's message in a channel: the same for every attempt, process and restart. Within a few minutes
 * Discord answers a request that repeats a nonce with the message that it has already made. The thread of a forum has
 * none.
 *
 * @param id The item's id in the store: its key, or `scopedId(feed, key)` where the feed's ids are scoped.
 * @example
 * ```ts
 * const nonce = messageNonce(item.id, channelId);
 * client.on('messageCreate', (message) => {
 *   if (message.nonce === nonce) console.log(`${item.id} is the message ${message.id}`);
 * });
 * ```
 */
export function messageNonce(id: string, channelId: string): string {
  return createHash('sha256')
    .update(JSON.stringify([id, channelId]))
    .digest('base64url')
    .slice(0, LENGTH);
}
