import { SeenError } from '../store/errors.ts';

/** Discord refused the bot's token. Nothing can be posted until a valid one is set; nothing was lost. */
export class FeedUnauthorizedError extends SeenError {
  readonly code = 'SEEN_UNAUTHORIZED';

  constructor(options?: ErrorOptions) {
    super('Discord refused the bot token (401). Set a valid token and start the bot again.', options);
  }
}

/** A channel could not be looked at. `channelId` names it, and `cause` is the error of the request. */
export class FeedChannelError extends SeenError {
  readonly code = 'SEEN_CHANNEL';
  readonly channelId: string;

  constructor(message: string, channelId: string, options?: ErrorOptions) {
    super(message, options);
    this.channelId = channelId;
  }
}

/** Options of a {@link FeedEnrichmentError}. */
export interface FeedEnrichmentErrorOptions extends ErrorOptions {
  /**
   * - `item`: the item alone, which is too long for the model, for example. It says nothing about the others, unless five
   *   items in a row fail like that: then nothing is enriched for a while.
   * - `all`: every item. Nothing is enriched for a while, without waiting for further failures: the key is wrong, or there
   *   is no credit left.
   *
   * Default: nobody knows. After three such failures in a row nothing is enriched for a while.
   */
  readonly concerns?: 'item' | 'all' | undefined;
}

/**
 * An enrichment failed, and it is known whom that concerns. `enrich` may throw any other error as well.
 *
 * @example
 * ```ts
 * if (status === 402) throw new FeedEnrichmentError('no credit left: top up the account', { concerns: 'all' });
 * ```
 */
export class FeedEnrichmentError extends SeenError {
  readonly code = 'SEEN_ENRICHMENT';
  readonly concerns: FeedEnrichmentErrorOptions['concerns'];

  constructor(message: string, { concerns, ...options }: FeedEnrichmentErrorOptions = {}) {
    super(message, options);
    this.concerns = concerns;
  }
}
