export interface FeedQuery {
  readonly start: number;
  readonly count: number;
  /** Only forms that begin with this. */
  readonly type: string;
}

/** What the local EDGAR lists. */
export interface FeedSource {
  /** The page, or null where EDGAR answers 503. */
  page(query: FeedQuery): Uint8Array | null;
  /** Moves to what the feed lists a while later. */
  advance(): void;
  /** The accession numbers that are listed now, each once. */
  expected(): readonly string[];
}
