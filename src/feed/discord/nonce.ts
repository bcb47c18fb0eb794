import { createHash } from 'node:crypto';

/** Discord takes 25 characters. */
const LENGTH = 25;

/**
 * The nonce of an item in a channel: the same for every attempt, process and restart, so that within its window
 * (a few minutes) Discord answers a repeated request with the message it already made.
 */
export function messageNonce(key: string, channelId: string): string {
  return createHash('sha256')
    .update(JSON.stringify([key, channelId]))
    .digest('base64url')
    .slice(0, LENGTH);
}
