import { DiscordAPIError, HTTPError, RateLimitError, RESTJSONErrorCodes } from 'discord.js';

/**
 * What an error of a create-message request means.
 *
 * - `posted`: the message existed, and somebody has deleted it.
 * - `unknown`: nobody knows whether it exists: the connection broke, or the server failed. Ask, then try again.
 * - `refused`: it does not exist, and may later: permission lost, channel gone, too many requests.
 * - `invalid`: it does not exist, and never will with this content.
 * - `unauthorized`: the bot's token does not count any more; nothing will work until somebody sets another.
 */
export type Verdict = 'posted' | 'unknown' | 'refused' | 'invalid' | 'unauthorized';

export function judge(error: unknown): Verdict {
  if (error instanceof RateLimitError) return 'refused';
  if (error instanceof DiscordAPIError) return judgeAnswer(error);
  if (error instanceof HTTPError) return error.status >= 500 ? 'unknown' : 'refused';
  if (error instanceof Error && error.message.startsWith('Expected token to be set')) return 'unauthorized';
  return 'unknown';
}

/** "Unknown Message" comes only for a repeated nonce, whose message was deleted meanwhile. */
function judgeAnswer({ code, status }: DiscordAPIError): Verdict {
  if (code === RESTJSONErrorCodes.UnknownMessage) return 'posted';
  if (status === 401) return 'unauthorized';
  if (status === 400) return 'invalid';
  return status >= 500 ? 'unknown' : 'refused';
}
