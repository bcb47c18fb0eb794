import { createHash } from 'node:crypto';

/** Discord takes 25 characters. */
const LENGTH = 25;

/**
 * The nonce of an item in a channel: the same for every attempt, process and restart. Within a few minutes Discord
 * answers a request that repeats a nonce with the message that it has already made.
 */
export function messageNonce(id: string, channelId: string): string {
  return createHash('sha256')
    .update(JSON.stringify([id, channelId]))
    .digest('base64url')
    .slice(0, LENGTH);
}
