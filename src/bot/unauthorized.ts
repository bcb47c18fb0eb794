import { DiscordAPIError, DiscordjsError, DiscordjsErrorCodes } from 'discord.js';

import type { BotLogger } from './logger.ts';

/** Whether a login failed because of the token: discord.js itself refuses one that is malformed, Discord any other. */
export function isTokenRefusal(error: unknown): boolean {
  if (error instanceof DiscordjsError) return error.code === DiscordjsErrorCodes.TokenInvalid;
  return error instanceof DiscordAPIError && error.status === 401;
}

/** The one line for a token that is refused, at the login or later. */
export function logUnauthorized(logger: BotLogger, reason: string, error?: unknown): void {
  logger.fatal('bot_unauthorized', { reason, hint: 'Set DISCORD_TOKEN to a valid token.', error });
}
