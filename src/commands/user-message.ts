import { SeenError, SeenStoreError } from '../store/errors.ts';

const STORE_FAILS =
  '⚠️ The bot’s database does not answer at the moment, so this may not have been done. Try again in a few minutes. The ' +
  'details are in the bot’s log.';

/** Tells a user about an error. The plugin's own errors say what to do; any other is for the log only. */
export function userMessage(error: unknown): string {
  if (error instanceof SeenStoreError) return STORE_FAILS;
  if (error instanceof SeenError) return `⚠️ ${error.message.slice(0, 1_500)}`;
  return '⚠️ Something went wrong. The details are in the bot’s log.';
}
