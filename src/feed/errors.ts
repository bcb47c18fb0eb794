import { SeenError } from '../store/errors.ts';

/** Discord refused the bot's token. Nothing can be posted until a valid one is set; nothing was lost. */
export class FeedUnauthorizedError extends SeenError {
  readonly code = 'SEEN_UNAUTHORIZED';

  constructor(options?: ErrorOptions) {
    super('Discord refused the bot token (401). Set a valid token and start the bot again.', options);
  }
}
