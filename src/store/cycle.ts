/** What one pass over a feed did. Kept in the database, so that every shard and every restart reports the same. */
export interface Cycle {
  /** The feed's name, `filings` for example. */
  readonly feed: string;
  readonly startedAt: Date;
  readonly finishedAt: Date;
  /** Distinct items that the feed listed. */
  readonly total: number;
  /** Items dropped before enrichment, because they had been seen. */
  readonly skipped: number;
  /** Items that went through enrichment. */
  readonly enriched: number;
  /** Items that Discord confirmed. */
  readonly posted: number;
  /** Items marked as seen without a post, by a first run. */
  readonly marked: number;
  /** Items whose enrichment or post failed; they come again in the next cycle. */
  readonly failed: number;
}

/** The countable part of a cycle. */
export type CycleCounts = Pick<Cycle, 'total' | 'skipped' | 'enriched' | 'posted' | 'marked' | 'failed'>;
