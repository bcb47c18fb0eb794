import { systemClock, type Clock } from '../store/clock.ts';
import { silentLogger, type SeenLogger } from '../store/logger.ts';
import { withDefaults } from '../store/option-checks.ts';
import type { EdgarClient } from './client.ts';

/** Options of one crawl. Only `client` is required. */
export interface CrawlOptions {
  /** Fetches the pages. */
  readonly client: Pick<EdgarClient, 'fetchPage'>;
  /** Form names as EDGAR writes them, compared exactly: `8-K` does not include `8-K/A`. Default: every form. */
  readonly forms?: readonly string[];
  /** Rows on a page: 10, 20, 40, 80 or 100. Default: 100. */
  readonly count?: number;
  /** Pause before a bad page is asked for again, in milliseconds. Default: 2000. */
  readonly retryDelayMs?: number;
  /** Pages after which a feed that does not end is given up. Default: 200; the real one ends after 51. */
  readonly maxPages?: number;
  /** Default: silent. */
  readonly logger?: SeenLogger;
  /** Default: the machine's clock. */
  readonly clock?: Clock;
  /** Ends the crawl at once: `crawl` then throws the signal's reason. Default: nothing ends it early. */
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
