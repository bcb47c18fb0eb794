import type { SeenLogger } from '../../store/logger.ts';
import type { Filing, FilingRow } from '../filing.ts';
import type { CrawlRun } from './crawl-run.ts';
import type { RowSequence } from './page-chain.ts';
import type { CrawlProblem } from './problems.ts';
import type { ReadPage } from './read-page.ts';

/** The result of one crawl. */
export interface Crawl {
  /** The filings of the wanted forms, oldest first: the order in which to post them. */
  readonly filings: readonly Filing[];
  /**
   * True if it is proven that the whole feed was read: every page up to the end, and nothing between two of them. If it
   * is false, the next crawl finds what is missing.
   */
  readonly complete: boolean;
  /** Pages read, but for those that were only read to see that nothing is missing between others. */
  readonly pages: number;
  /** Rows on these pages, repeated ones included. */
  readonly rows: number;
  /** Rows on these pages that could not be used. */
  readonly refused: number;
  readonly problems: readonly CrawlProblem[];
  /**
   * The reason why EDGAR refuses this client or why nothing was read, or the defect of the source that a person should
   * know of: most rows of a page are unreadable (or, with a filter, their forms), every page is the same, or the feed
   * does not end. Undefined when there is none.
   */
  readonly fault: string | undefined;
  /** Time before which no request is sent, if EDGAR refuses this client; else null. */
  readonly blockedUntil: Date | null;
}

/** Logs an empty feed: a warning if every form was asked for, as a few forms have nothing on many a night. */
export function reportEmpty(logger: SeenLogger, forms: readonly string[]): void {
  if (forms.length === 0) logger.warn('edgar_feed_empty', { forms: 'all' });
  else logger.info('edgar_feed_empty', { forms: forms.join(', ') });
}

/** Logs one line a page, with an example: a feed gone wrong must not fill the log. */
export function reportRefused(logger: SeenLogger, { start, refused }: ReadPage): void {
  const [example] = refused;
  if (example === undefined) return;
  const { reason, title } = example;
  logger.warn('edgar_rows_refused', { start, refused: refused.length, reason, example: title });
}

/** Accession numbers in one line of the log. */
const MAX_NAMED = 20;

/** Logs rows that lack something, once for each filing: most of them are listed again by the next crawl. */
export class GapReport {
  readonly #logger: SeenLogger;
  #reported: ReadonlySet<string> = new Set();

  constructor(logger: SeenLogger) {
    this.#logger = logger;
  }

  report(rows: RowSequence): void {
    const incomplete = rows.filter((row): row is FilingRow => row !== null && row.gaps.length > 0);
    const fresh = incomplete.filter(({ accession }) => !this.#reported.has(accession));
    this.#reported = new Set(incomplete.map(({ accession }) => accession));
    if (fresh.length === 0) return;
    const accessions = [...new Set(fresh.map(({ accession }) => accession))];
    this.#logger.warn('edgar_rows_with_gaps', {
      rows: fresh.length,
      missing: [...new Set(fresh.flatMap(({ gaps }) => gaps))].join(', '),
      accessions: accessions.slice(0, MAX_NAMED).join(', '),
    });
  }
}

/** Logs the numbers of a crawl that has ended. */
export function reportFinished(logger: SeenLogger, { source }: CrawlRun, result: Crawl, elapsedMs: number): void {
  const { filings, complete, pages, rows, refused, problems } = result;
  logger.info('edgar_crawl_finished', {
    filings: filings.length,
    complete,
    pages,
    rows,
    refused,
    problems: problems.length,
    requests: source.requests,
    elapsed_ms: elapsedMs,
  });
}
