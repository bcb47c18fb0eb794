import { systemClock, type Clock } from '../store/clock.ts';
import { silentLogger, type SeenLogger } from '../store/logger.ts';
import { withDefaults } from '../store/option-checks.ts';
import type { EdgarClient } from './client.ts';

export interface CrawlOptions {
  readonly client: Pick<EdgarClient, 'fetchPage'>;
  /** Exact form names; only such filings are returned. Default: none, which means all. */
  readonly forms?: readonly string[];
  /** Rows on a page: 10, 20, 40, 80 or 100. Default: 100. */
  readonly count?: number;
  /** Back-off before a bad page is asked for again, in milliseconds. Default: 2000. */
  readonly retryDelayMs?: number;
  /** Where a feed that never ends is cut off. Default: 200; the real one ends after 51. */
  readonly maxPages?: number;
  readonly logger?: SeenLogger;
  readonly clock?: Clock;
  /** Ends the crawl at once: `crawl` then throws the signal's reason. */
  readonly signal?: AbortSignal;
}

export type ResolvedCrawlOptions = Readonly<Required<CrawlOptions>>;

export const defaultCrawlOptions = {
  forms: [],
  count: 100,
  retryDelayMs: 2000,
  maxPages: 200,
  logger: silentLogger,
  clock: systemClock,
} as const satisfies Required<Omit<CrawlOptions, 'client' | 'signal'>>;

export function resolveCrawlOptions(options: CrawlOptions): ResolvedCrawlOptions {
  return withDefaults({ ...defaultCrawlOptions, signal: new AbortController().signal }, options);
}
