import { missingPermissions, replyWithoutHistory } from '../api-error.ts';
import { isObject, type JsonObject, objectsIn } from '../json.ts';
import type { Channel } from '../world/channel.ts';
import type { Directory } from '../world/directory.ts';

/**
 * Returns what is left of a new message without the parts that the bot may not send. Embeds vanish beside other parts.
 *
 * @throws Discord's error answer when nothing but embeds is there, for files, and for replies to what cannot be read.
 */
export function permittedBody(directory: Directory, channel: Channel, body: JsonObject, files: number): JsonObject {
  if (files > 0 && !directory.botMay('attachFiles', channel)) throw missingPermissions();
  if (isObject(body['message_reference']) && !directory.botMay('readMessageHistory', channel))
    throw replyWithoutHistory();
  const permitted = withoutForbiddenEmbeds(directory, channel, body);
  const hasOther = hasText(body) || files > 0 || objectsIn(body['components']).length > 0;
  if (permitted !== body && !hasOther) throw missingPermissions();
  return permitted;
}

/** Returns the body without its embeds, if the bot may not embed links in the channel. */
export function withoutForbiddenEmbeds(directory: Directory, channel: Channel, body: JsonObject): JsonObject {
  if (objectsIn(body['embeds']).length === 0 || directory.botMay('embedLinks', channel)) return body;
  const { embeds: _, ...rest } = body;
  return rest;
}

function hasText({ content }: JsonObject): boolean {
  return typeof content === 'string' && content.trim() !== '';
}
