import { SeenError } from 'sapphire-plugin-seen/store';

/** No summary could be made now. The filing was not posted, and can be tried again. */
export class EnrichmentError extends SeenError {
  readonly code = 'BOT_ENRICHMENT';
  /** The HTTP status of the endpoint's last answer, if there was one. */
  readonly status: number | undefined;

  constructor(message: string, options: ErrorOptions & { readonly status?: number | undefined }) {
    super(message, options);
    this.status = options.status;
  }
}

/** The endpoint works, but its answer to this filing is useless. Asking again would cost and give the same. */
export class UnusableAnswerError extends SeenError {
  readonly code = 'BOT_UNUSABLE_ANSWER';
}
