import type { FeedQuery, FeedSource } from '../local/edgar/index.ts';

/**
 * A feed that stays as it is until it may change: then the next crawl sees its next state. Each crawl sees a single state,
 * however fast the bot polls.
 */
export class AdvancingFeed implements FeedSource {
  /** The filings listed in each state so far. */
  readonly listed: (readonly string[])[] = [];
  readonly #inner: FeedSource;
  #crawling = false;
  #mayChange = true;

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

  /** Lets the next crawl see the next state. */
  release(): void {
    this.#mayChange = true;
  }

  expected(): readonly string[] {
    return this.#inner.expected();
  }

  #begin(): void {
    this.#crawling = true;
    if (!this.#mayChange) return;
    this.#mayChange = false;
    if (this.listed.length > 0) this.#inner.advance();
    this.listed.push(this.#inner.expected());
  }
}
