/** One pass over a feed. Kept in the database, so that every shard and every restart reports the same. */
export interface Cycle extends CycleCounts {
  /** The feed's name, `filings` for example. */
  readonly feed: string;
  readonly startedAt: Date;
  readonly finishedAt: Date;
}

/** The items of a cycle, by what became of them. */
export interface CycleCounts {
  /** Distinct items that the feed listed. */
  readonly total: number;
  /** Items dropped before enrichment, because they had been seen. */
  readonly skipped: number;
  /** Items that went through enrichment; a stored enrichment that was used again does not count. */
  readonly enriched: number;
  /** Items that Discord confirmed. */
  readonly posted: number;
  /** Items marked as seen without a post: by a first run, or because somebody decided so. */
  readonly marked: number;
  /** Items whose enrichment or post failed. They are tried again, or have become dead letters. */
  readonly failed: number;
  /** Items that the flood breaker keeps back until somebody decides. */
  readonly held: number;
}

/** A cycle that found nothing. */
export const noCounts: CycleCounts = Object.freeze({
  total: 0,
  skipped: 0,
  enriched: 0,
  posted: 0,
  marked: 0,
  failed: 0,
  held: 0,
});

/** The history of cycles. It reaches back 30 days. */
export interface Cycles {
  /** Adds a cycle. */
  record(cycle: Cycle): Promise<void>;
  /**
   * Tells whether the feed runs for the first time: no cycle of it was recorded, and the store is empty or remembers the
   * items of other feeds. A store that stands in for one that was lost, or that an earlier bot filled, had its first run.
   */
  isFirst(feed: string): Promise<boolean>;
  /** The share of the feed's items that had been seen, over the last day; null when nothing was listed. */
  seenShare(feed: string): Promise<number | null>;
}
