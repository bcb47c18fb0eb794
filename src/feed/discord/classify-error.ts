import { DiscordAPIError, HTTPError, RateLimitError, RESTJSONErrorCodes } from 'discord.js';

/**
 * The meaning of an error that ended a create-message request.
 *
 * - `posted`: the message existed, and somebody has deleted it.
 * - `unknown`: nobody knows whether it exists: the connection broke, or the server failed. Ask, then try again.
 * - `refused`: it does not exist, and may later: permission lost, channel gone, too many requests.
 * - `invalid`: it does not exist, and never will with this content.
 * - `unauthorized`: the bot's token is no longer valid; nothing will work until another one is set.
 */
export type PostErrorKind = 'posted' | 'unknown' | 'refused' | 'invalid' | 'unauthorized';

export function classifyPostError(error: unknown): PostErrorKind {
  if (error instanceof RateLimitError) return 'refused';
  if (error instanceof DiscordAPIError) return classifyAnswer(error);
  if (error instanceof HTTPError) return error.status >= 500 ? 'unknown' : 'refused';
  if (error instanceof Error && error.message.startsWith('Expected token to be set')) return 'unauthorized';
  return 'unknown';
}

/** "Unknown Message" is the answer to a repeated nonce only, when the message was deleted in the meantime. */
function classifyAnswer({ code, status }: DiscordAPIError): PostErrorKind {
  if (code === RESTJSONErrorCodes.UnknownMessage) return 'posted';
  if (status === 401) return 'unauthorized';
  if (status === 400) return 'invalid';
  return status >= 500 ? 'unknown' : 'refused';
}
