import type { SeenError } from '../store/errors.ts';
import type { SeenLogger } from '../store/logger.ts';
import { EdgarBlockedError } from './errors.ts';
import type { Filing, RefusedRow } from './filing.ts';

/** A reason why a crawl is not complete. */
export interface CrawlProblem {
  /** The number of rows before the page. */
  readonly start: number;
  /** The error's `code`. */
  readonly code: string;
  readonly message: string;
}

/** The result of one crawl. */
export interface Crawl {
  /** The filings of the wanted forms, oldest first: the order in which to post them. */
  readonly filings: readonly Filing[];
  /** True if the whole feed was read. If it was not, the next crawl finds what is missing. */
  readonly complete: boolean;
  /** Pages read. */
  readonly pages: number;
  /** Rows read, repeated ones included. */
  readonly rows: number;
  /** Rows that could not be used. */
  readonly refused: number;
  readonly problems: readonly CrawlProblem[];
  /** Time before which no request is sent, if EDGAR refuses this client; else null. */
  readonly blockedUntil: Date | null;
}

/** Logs an empty feed: a warning if every form was asked for, as a few forms have nothing on many a night. */
export function reportEmpty({
  logger,
  forms,
}: {
  readonly logger: SeenLogger;
  readonly forms: readonly string[];
}): void {
  if (forms.length === 0) logger.warn('edgar_feed_empty', { forms: 'all' });
  else logger.info('edgar_feed_empty', { forms: forms.join(', ') });
}

/** Logs one line a page, with an example: a feed gone wrong must not fill the log. */
export function reportRefused(logger: SeenLogger, start: number, refused: readonly RefusedRow[]): void {
  const [example] = refused;
  if (example === undefined) return;
  const { reason, title } = example;
  logger.warn('edgar_rows_refused', { start, refused: refused.length, reason, example: title });
}

/** Logs why a crawl is not complete, and returns it. */
export function reportProblem(logger: SeenLogger, event: string, start: number, error: SeenError): CrawlProblem {
  const { code, message } = error;
  // Only a block waits for a person: the rest is tried again by the next crawl.
  if (error instanceof EdgarBlockedError) logger.error(event, { start, code, message });
  else logger.warn(event, { start, code, message });
  return { start, code, message };
}

/** Logs the numbers of a crawl that has ended. */
export function reportFinished(logger: SeenLogger, result: Crawl, elapsedMs: number): void {
  const { filings, complete, pages, rows, refused, problems } = result;
  logger.info('edgar_crawl_finished', {
    filings: filings.length,
    complete,
    pages,
    rows,
    refused,
    problems: problems.length,
    elapsed_ms: elapsedMs,
  });
}
