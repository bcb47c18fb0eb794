import { SeenError } from '../store/errors.ts';

/** Discord no longer accepts the bot's token: nothing can be posted until somebody sets another. Nothing was lost. */
export class FeedUnauthorizedError extends SeenError {
  readonly code = 'SEEN_UNAUTHORIZED';

  constructor(options?: ErrorOptions) {
    super('Discord refused the bot token (401). Set a valid token and start the bot again.', options);
  }
}
