import { systemClock, type Clock } from '../../store/clock.ts';
import { silentLogger, type SeenLogger } from '../../store/logger.ts';
import { SeenConfigError } from '../../store/errors.ts';
import { requireWholeNumber, withDefaults } from '../../store/option-checks.ts';
import type { EdgarClient } from '../client.ts';
import { readForms } from '../forms/read-forms.ts';

/** Options of a crawler. Only `client` is required. */
export interface CrawlOptions {
  /** Fetches the pages. */
  readonly client: Pick<EdgarClient, 'fetchPage'>;
  /** Forms, as `readForms` reads them, and compared exactly: `8-K` does not include `8-K/A`. Default: every form. */
  readonly forms?: readonly string[];
  /** Rows on a page: 10, 20, 40, 80 or 100. Default: 100. */
  readonly count?: number;
  /** Pause before each round in which doubtful pages are asked for again, in milliseconds. Default: 2000. */
  readonly retryDelayMs?: number;
  /**
   * Length at which a feed that does not end is given up, in pages of 100 rows; smaller pages count as parts of one.
   * Default: 200; the real one ends after 51.
   */
  readonly maxPages?: number;
  /** Default: silent. */
  readonly logger?: SeenLogger;
  /** Default: the machine's clock. */
  readonly clock?: Clock;
  /** Ends the crawl at once: `crawl` then throws the signal's reason. Default: nothing ends it early. */
  readonly signal?: AbortSignal;
}

/** Rows on a page of the greatest size, in which `maxPages` is counted. */
export const FULL_PAGE = 100;

/** The numbers of rows that EDGAR gives on a page. */
const PAGE_SIZES: ReadonlySet<number> = new Set([10, 20, 40, 80, FULL_PAGE]);

export type ResolvedCrawlOptions = Readonly<Required<CrawlOptions>>;

export const defaultCrawlOptions = {
  forms: [],
  count: FULL_PAGE,
  retryDelayMs: 2000,
  maxPages: 200,
  logger: silentLogger,
  clock: systemClock,
} as const satisfies Required<Omit<CrawlOptions, 'client' | 'signal'>>;

/** @throws {SeenConfigError} naming the option that is wrong, or each name that is no form. */
export function resolveCrawlOptions(options: CrawlOptions): ResolvedCrawlOptions {
  const resolved = withDefaults({ ...defaultCrawlOptions, signal: new AbortController().signal }, options);
  requirePageSize(resolved.count);
  requireWholeNumber('maxPages', resolved.maxPages);
  requirePause(resolved.retryDelayMs);
  return { ...resolved, forms: readForms(resolved.forms) };
}

/** EDGAR gives 40 rows to those who ask for another number. */
function requirePageSize(count: number): void {
  if (PAGE_SIZES.has(count)) return;
  throw new SeenConfigError(`count must be one of ${[...PAGE_SIZES].join(', ')}, but is ${String(count)}.`);
}

function requirePause(retryDelayMs: number): void {
  if (Number.isFinite(retryDelayMs) && retryDelayMs >= 0) return;
  throw new SeenConfigError(`retryDelayMs must be 0 or a number above it, but is ${String(retryDelayMs)}.`);
}
