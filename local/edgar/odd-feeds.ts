import type { FeedQuery, FeedSource } from './feed-source.ts';

/** A feed whose server gives at most `rows` rows a page, whatever it is asked for. */
export function cappedFeed(feed: FeedSource, rows: number): FeedSource {
  return misread(feed, (query) => ({ ...query, count: Math.min(query.count, rows) }));
}

/** A feed whose server gives the first page for every `start`. */
export function startlessFeed(feed: FeedSource): FeedSource {
  return misread(feed, (query) => ({ ...query, start: 0 }));
}

function misread(feed: FeedSource, change: (query: FeedQuery) => FeedQuery): FeedSource {
  return {
    page: (query) => feed.page(change(query)),
    advance: () => feed.advance(),
    expected: () => feed.expected(),
  };
}
