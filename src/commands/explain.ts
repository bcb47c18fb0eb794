import { SeenError } from '../store/errors.ts';

/** Our own errors say what to do. Anything else is for the log. */
export function explain(error: unknown): string {
  if (error instanceof SeenError) return `⚠️ ${error.message.slice(0, 1_500)}`;
  return '⚠️ That failed unexpectedly. Nothing more is known here; the bot’s log has the error.';
}
