/** A category of a feed that has had its first run. */
export interface CoveredCategory {
  /** The category's name; null for every category that the list does not name. */
  readonly category: string | null;
  /**
   * The time of the newest item that was listed when the first run was made without having seen everything: an unseen
   * item that was published before is an old one. Null once the source has been read to its end.
   */
  readonly oldBefore: Date | null;
}

/**
 * The categories of a feed that have had their first run. An empty list is that of a feed whose first run has begun and
 * is not over.
 */
export type Coverage = readonly CoveredCategory[];

/**
 * The coverage of each feed: what of its source is known so far that an unseen item is news.
 *
 * @example
 * await store.coverage.save('filings', [{ category: '8-K', oldBefore: null }]);
 * const covered = await store.coverage.of('filings');
 */
export interface Coverages {
  /** The coverage that was saved last; null for a feed that has none. */
  of(feed: string): Promise<Coverage | null>;
  /**
   * Replaces the feed's coverage. Save it after the items of the first run have been marked.
   *
   * @throws {SeenInputError} for anything but a coverage, such as one that names a category twice.
   */
  save(feed: string, coverage: Coverage): Promise<void>;
}
