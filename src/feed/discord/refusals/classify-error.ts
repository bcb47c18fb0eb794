import { DiscordAPIError, HTTPError, RESTJSONErrorCodes } from 'discord.js';

import { requestText, routeText } from '../../../log/request-text.ts';
import { codeOf, reasonOf } from '../../../store/errors.ts';
import { contentRefusals, isLimitOfChannel, channelRefusals } from './refusals.ts';

/**
 * The meaning of an error that ended a create-message request. Discord's code decides, for the status of some refusals
 * is not always the same, and a status without a code is a proxy's.
 *
 * - `posted`: the message existed, and somebody has deleted it.
 * - `content`: the message does not exist, and never will with this content.
 * - `channel`: it does not exist, and will once somebody has changed the channel or the bot's permissions.
 * - `later`: the trouble is Discord's, the network's, or that of something in between. It passes by itself. Only the
 *   request's tries tell whether the message exists.
 * - `unauthorized`: the bot's token is no longer valid; nothing will work until another one is set.
 */
export type PostErrorKind = 'posted' | 'content' | 'channel' | 'later' | 'unauthorized';

export function classifyPostError(error: unknown): PostErrorKind {
  if (error instanceof DiscordAPIError) return error.status === 401 ? 'unauthorized' : classifyRefusal(error);
  if (error instanceof Error && error.message.startsWith('Expected token to be set')) return 'unauthorized';
  return 'later';
}

const NO_CODE: number = RESTJSONErrorCodes.GeneralError;
const UNKNOWN_MESSAGE: number = RESTJSONErrorCodes.UnknownMessage;

/** "Unknown Message" is the answer to a repeated nonce only, when the message was deleted in the meantime. */
function classifyRefusal(error: DiscordAPIError): PostErrorKind {
  const { code, status } = error;
  if (typeof code !== 'number' || code === NO_CODE) return 'later';
  if (code === UNKNOWN_MESSAGE) return 'posted';
  if (channelRefusals.has(code) || isLimitOfChannel(code)) return 'channel';
  const fields = refusedFields(error);
  if (fields.length > 0 && fields.every((field) => CHANNEL_FIELDS.has(field))) return 'channel';
  if (contentRefusals.has(code)) return 'content';
  // A code that is new: one that names parts of the message means the message.
  return status === 400 && fields.length > 0 ? 'content' : 'later';
}

/** Parts of a request that are in its path. */
const CHANNEL_FIELDS: ReadonlySet<string> = new Set(['channel_id', 'thread_id', 'guild_id']);

/** The parts of the request that Discord names as wrong. */
function refusedFields({ rawError }: DiscordAPIError): string[] {
  return 'errors' in rawError && typeof rawError.errors === 'object' ? Object.keys(rawError.errors ?? {}) : [];
}

/** An error of a request in words for an operator: what it means, Discord's code, and what was requested. */
export function describePostError(error: unknown): string {
  if (error instanceof DiscordAPIError) return describeRefusal(error);
  if (error instanceof HTTPError)
    return `Discord failed with ${[error.status, error.message].join(' ').trim()} (${routeText(error)})`;
  // Several addresses that failed make an error without a message.
  return reasonOf(error) || codeOf(error) || 'the request failed';
}

function describeRefusal(error: DiscordAPIError): string {
  const { code, status, message } = error;
  const request = requestText(error);
  if (typeof code === 'string') return `${message} (${request})`;
  if (typeof code !== 'number')
    return `refused with status ${status} and without a Discord error code, perhaps by a proxy or Cloudflare (${request})`;
  const meaning = contentRefusals.get(code) ?? channelRefusals.get(code);
  return meaning === undefined ? `${message} (${request})` : `${meaning} (${message}: ${request})`;
}
