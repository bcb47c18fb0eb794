import { DiscordAPIError, type RESTJSONErrorCodes } from 'discord.js';

/** True for a refusal of Discord's with this code. */
export function hasCode(error: unknown, code: RESTJSONErrorCodes): error is DiscordAPIError {
  return error instanceof DiscordAPIError && error.code === code;
}
