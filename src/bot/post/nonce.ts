import { createHash } from 'node:crypto';

/** Discord's limit. */
const LENGTH = 25;

/**
 * The same for every attempt to post one item in one channel, in every process: Discord then creates one message.
 *
 * The scope of a nonce is not documented, so the channel is part of it.
 */
export function messageNonce(key: string, channelId: string): string {
  return createHash('sha256')
    .update(JSON.stringify([key, channelId]))
    .digest('base64url')
    .slice(0, LENGTH);
}
