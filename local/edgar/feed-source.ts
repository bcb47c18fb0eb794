/** The lag of a node that serves a page: EDGAR has several, and they do not change at the same moment. */
export type Lag = 'a second' | 'a poll';

/** A request for one page. */
export interface FeedQuery {
  /** The number of rows before the page. */
  readonly start: number;
  /** The number of rows on the page. */
  readonly count: number;
  /** Selects forms that begin with this; empty for all. */
  readonly type: string;
  /** The lag of the node that answers. Default: none. */
  readonly lag?: Lag;
}

/** The content of the local EDGAR's feed. */
export interface FeedSource {
  /** Returns the page, or null where EDGAR answers 503. */
  page(query: FeedQuery): Uint8Array | null;
  /** Moves to the state of the feed some time later. */
  advance(): void;
  /** Lists the accession numbers that the feed has now, each once. */
  expected(): readonly string[];
}
