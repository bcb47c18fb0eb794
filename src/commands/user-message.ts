import { SeenError } from '../store/errors.ts';

/** Tells a user about an error. The plugin's own errors say what to do; any other is for the log only. */
export function userMessage(error: unknown): string {
  if (error instanceof SeenError) return `⚠️ ${error.message.slice(0, 1_500)}`;
  return '⚠️ Something went wrong. The details are in the bot’s log.';
}
