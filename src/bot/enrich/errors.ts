import { FeedEnrichmentError, type FeedEnrichmentErrorOptions } from 'sapphire-plugin-seen';
import { SeenError } from 'sapphire-plugin-seen/store';

/** The endpoint gave no summary, and the filing is posted without one. The message says what to set. */
export class EnrichmentError extends FeedEnrichmentError {
  /** The HTTP status of the endpoint's last answer, if there was one. */
  readonly status: number | undefined;

  constructor(message: string, options: FeedEnrichmentErrorOptions & { readonly status?: number | undefined }) {
    super(message, options);
    this.status = options.status;
  }
}

/** The endpoint works, but gives no summary of this filing. Asking again would cost and give the same. */
export class UnusableAnswerError extends SeenError {
  readonly code = 'BOT_UNUSABLE_ANSWER';
}
