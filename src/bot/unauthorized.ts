import { DiscordAPIError, DiscordjsError, DiscordjsErrorCodes } from 'discord.js';

import type { BotLogger } from './logger.ts';

/** True for a login that failed because of its token: discord.js refuses a malformed one, Discord any other. */
export function isTokenRefusal(error: unknown): boolean {
  if (error instanceof DiscordjsError) return error.code === DiscordjsErrorCodes.TokenInvalid;
  return error instanceof DiscordAPIError && error.status === 401;
}

/** Logs that the token was refused, at the login or later. */
export function logUnauthorized(logger: BotLogger, reason: string, error?: unknown): void {
  logger.fatal('bot_unauthorized', { reason, hint: 'Set DISCORD_TOKEN to a valid token.', error });
}
