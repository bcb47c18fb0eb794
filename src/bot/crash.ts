import type { BotLogger } from './logger.ts';

/**
 * Logs errors that nobody caught, and ends the process: nobody knows what such an error left half done. Node alone
 * would print the error with the secrets in it.
 */
export function endOnCrash(logger: BotLogger): void {
  for (const reason of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(reason, (error: unknown) => {
      logger.fatal('bot_crashed', { reason, error });
      process.exit(1);
    });
  }
}
