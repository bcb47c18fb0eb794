/** One pass over a feed. Kept in the database, so that every shard and every restart reports the same. */
export interface Cycle extends CycleCounts {
  /** The feed's name, `filings` for example. */
  readonly feed: string;
  readonly startedAt: Date;
  readonly finishedAt: Date;
  /**
   * True when the batch was all that the feed lists. Such a cycle that lists something is a **look**: only looks show
   * what the feed no longer lists, and only the time between them ages ids. Default: true.
   */
  readonly complete?: boolean | undefined;
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

/**
 * The history of cycles. It reaches back 30 days, not counting pauses; which feeds have had a cycle, and when they were
 * looked at, is kept. A cycle that finished more than a day from now was recorded while the clock was ahead: it counts
 * only once its time has come.
 */
export interface Cycles {
  /**
   * Adds a cycle. Record it after what the feed lists has been marked or touched: a cycle that saw the feed whole lets
   * the age of everything else grow.
   *
   * @throws {SeenInputError} for a feed without a name, or a time that is no valid date.
   */
  record(cycle: Cycle): Promise<void>;
  /**
   * Tells whether the feed runs for the first time: it has never had a cycle, and the store is empty or remembers the
   * items of other feeds only. A store that stands in for one that was lost, or that an earlier bot filled, had its
   * first run.
   */
  isFirst(feed: string): Promise<boolean>;
  /**
   * The share of the feed's items that had been seen, over the last day. An item counts once for each cycle that listed
   * it.
   *
   * @param least The number of items that it takes to tell. Default: 1.
   * @returns Null when fewer were listed.
   */
  seenShare(feed: string, least?: number): Promise<number | null>;
}
