import type { FeedQuery, FeedSource } from '../local/edgar/index.ts';

/**
 * A feed that advances between two crawls: when its first page is requested again after a later one. Each crawl sees a
 * single state of the feed, however fast the bot polls.
 */
export class AdvancingFeed implements FeedSource {
  /** The filings listed in each crawl. */
  readonly listed: (readonly string[])[] = [];
  readonly #inner: FeedSource;
  #crawling = false;
  #started = false;

  constructor(inner: FeedSource) {
    this.#inner = inner;
  }

  page(query: FeedQuery): Uint8Array | null {
    if (query.start === 0 && !this.#crawling) this.#begin();
    if (query.start > 0) this.#crawling = false;
    return this.#inner.page(query);
  }

  advance(): void {
    this.#inner.advance();
  }

  expected(): readonly string[] {
    return this.#inner.expected();
  }

  #begin(): void {
    if (this.#started) this.#inner.advance();
    this.#started = true;
    this.#crawling = true;
    this.listed.push(this.#inner.expected());
  }
}
