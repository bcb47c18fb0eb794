import { DiscordAPIError, RESTJSONErrorCodes } from 'discord.js';

import { FeedUnauthorizedError } from '../../errors.ts';
import { HistoryHiddenError } from '../channels/history.ts';
import { classifyPostError } from '../refusals/classify-error.ts';

/**
 * The end of a request about a message that may be in a channel.
 *
 * - `done`: Discord has answered.
 * - `gone`: the message does not exist, or its whole channel does not.
 * - `refused`: the bot may not do this in the channel.
 * - `failed`: nobody knows.
 */
export type Result<Value> =
  | { readonly kind: 'done'; readonly value: Value }
  | { readonly kind: 'gone' | 'refused' | 'failed'; readonly error: unknown };

/**
 * The result of a request, or of several.
 *
 * @throws {FeedUnauthorizedError} when Discord refuses the bot token.
 */
export async function resultOf<Value>(answer: Promise<Value>): Promise<Result<Value>> {
  try {
    return { kind: 'done', value: await answer };
  } catch (error) {
    if (classifyPostError(error) === 'unauthorized') throw new FeedUnauthorizedError({ cause: error });
    return { kind: kindOf(error), error };
  }
}

function kindOf(error: unknown): 'gone' | 'refused' | 'failed' {
  if (error instanceof HistoryHiddenError) return 'refused';
  const kind = classifyPostError(error);
  const isChannelGone = error instanceof DiscordAPIError && error.code === RESTJSONErrorCodes.UnknownChannel;
  if (kind === 'posted' || isChannelGone) return 'gone';
  return kind === 'later' ? 'failed' : 'refused';
}
