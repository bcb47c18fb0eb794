/** The cost of enrichment. What is left out is 0. */
export interface EnrichmentCost {
  /** Requests to a language model, or to whatever else enriches. */
  readonly requests?: number | undefined;
  /** Tokens that were paid for, of prompts and answers together. */
  readonly tokens?: number | undefined;
}

/** The most that a feed's enrichment may cost in a day, at least 1. What is left out has no limit. */
export interface EnrichmentBudget {
  readonly requests?: number | undefined;
  readonly tokens?: number | undefined;
}

/** Something that was spent on enrichment. What is left out is 0. */
export interface Spent extends EnrichmentCost {
  /** Enrichments that were made with it. One that failed has cost something, and was not made. */
  readonly enrichments?: number | undefined;
}

/** The spending of a feed in one day, from midnight to midnight UTC. */
export interface DaySpending {
  readonly feed: string;
  /** The midnight at which the day began. */
  readonly day: Date;
  readonly requests: number;
  readonly tokens: number;
  readonly enrichments: number;
  /** The budget under which it was spent last; null for none. */
  readonly budget: EnrichmentBudget | null;
}

/** Today's spending of a feed, as `/seen stats` shows it. */
export interface FeedSpending extends DaySpending {
  /**
   * The cost of enriching the items that were dropped today because they had been seen, by the average of what an
   * enrichment has cost in the last 30 days; null while there is no average.
   */
  readonly saved: Required<EnrichmentCost> | null;
}

/**
 * The spending on enrichment, by feed and by day. Days begin at midnight UTC, by the store's clock. Kept over restarts,
 * and summed over all that have the database open.
 *
 * It reaches back over 30 days on which something was spent. A day that begins more than an hour from now was noted by a
 * clock that was ahead: it is dropped with the next spending, and counts for nothing until then.
 *
 * @example
 * const { tokens } = await store.spending.add('news', { requests: 1, tokens: 250, enrichments: 1 });
 * if (tokens > 500_000) pauseUntilTomorrow();
 */
export interface Spending {
  /**
   * Adds to today's spending of the feed. What others add at the same time is not lost.
   *
   * @param budget The budget that the feed has today, for the statistics. Default: none.
   * @returns Today's spending, this and everybody else's.
   * @throws {SeenInputError} for a feed without a name, a number that is not whole, or a negative one; for a budget below 1.
   */
  add(feed: string, spent: Spent, budget?: EnrichmentBudget): Promise<DaySpending>;
  /** Today's spending of the feed. */
  today(feed: string): Promise<DaySpending>;
}
