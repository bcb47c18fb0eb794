import type { BotLogger } from './logger.ts';

/**
 * What nobody caught becomes a line of the log like any other, where Node would print it with the secrets in it. Then
 * the process ends: nobody knows what it left half done.
 */
export function endOnCrash(logger: BotLogger): void {
  for (const reason of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(reason, (error: unknown) => {
      logger.fatal('bot_crashed', { reason, error });
      process.exit(1);
    });
  }
}
