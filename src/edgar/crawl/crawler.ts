import { nextTurn } from '../../store/turns.ts';
import { monotonicNow } from '../../store/clock.ts';
import { CrawlRun } from './crawl-run.ts';
import { filingsOf } from './filings-of.ts';
import { CrawlMemory } from './memory.ts';
import { resolveCrawlOptions, type CrawlOptions, type ResolvedCrawlOptions } from './options.ts';
import { reportProblems } from './problems.ts';
import { GapReport, reportEmpty, reportFinished, reportRefused, type Crawl } from './report.ts';

/**
 * Reads the whole "latest filings" feed, again and again, and remembers from one crawl to the next what makes the next
 * one cheap. Keep one crawler for a feed, and run one crawl at a time.
 *
 * A crawl always reads to the end. Filings accepted in the evening are released the next morning with the evening's
 * time, in the middle of the feed, so neither "newer than the last one" nor "until the first known row" would find them
 * all.
 *
 * A crawl is complete only where that is proven. Pages may come from two nodes, one of which is behind the other, so a
 * page that overlaps both is read where two pages do not follow each other for sure; and the end is the end only if a
 * page that overlaps it shows nothing after it. What cannot be read is passed over, and asked for again at the end of
 * the crawl, in up to eight rounds with a pause before each. A crawl stops after 40 requests in vain, or a minute of
 * them, and at once when EDGAR blocks the client. It still returns what it has found, with `complete: false`.
 *
 * The first crawl of a crawler asks for about twice the pages of a later one: it knows of no two rows yet that they
 * follow each other.
 *
 * @example
 * const client = new EdgarClient({ userAgent: 'Example Corp filings@example.com' });
 * const crawler = new Crawler({ client, forms: ['8-K', '8-K/A'] });
 * const { filings, complete } = await crawler.crawl();
 */
export class Crawler {
  readonly #options: ResolvedCrawlOptions;
  readonly #memory = new CrawlMemory();
  readonly #gaps: GapReport;

  constructor(options: CrawlOptions) {
    this.#options = resolveCrawlOptions(options);
    this.#gaps = new GapReport(this.#options.logger);
  }

  /**
   * Reads the feed once.
   *
   * @param signal Ends the crawl at once. Default: the option of this name.
   * @throws The signal's reason once it aborts.
   */
  async crawl(signal: AbortSignal = this.#options.signal): Promise<Crawl> {
    const { clock, logger } = this.#options;
    const startedAt = monotonicNow(clock);
    const run = new CrawlRun({ ...this.#options, signal }, this.#memory);
    try {
      await run.readAll();
    } catch (error) {
      signal.throwIfAborted();
      throw error;
    }
    // Grouping thousands of rows takes milliseconds, and so does what the caller then does with them.
    await nextTurn();
    const result = await this.#conclude(run);
    reportFinished(logger, run, result, Math.round(monotonicNow(clock) - startedAt));
    await nextTurn();
    // An empty feed shows nothing of what the next crawl will meet.
    this.#memory.reader.endCrawl(result.complete && result.rows > 0 ? 'whole' : 'part');
    return result;
  }

  async #conclude(run: CrawlRun): Promise<Crawl> {
    const { logger, forms } = this.#options;
    const rows = run.rows();
    const pages = run.chain.pages.filter(({ purpose }) => purpose === 'rows');
    for (const page of pages) reportRefused(logger, page);
    if (run.walk.end === 'empty feed') reportEmpty(logger, forms);
    this.#gaps.report(rows);
    this.#memory.mayBeEmpty = run.walk.foundNothing || (this.#memory.mayBeEmpty && rows.length === 0);
    await nextTurn();
    const { problems, fault } = reportProblems(run, logger);
    const complete = problems.length === 0 && run.isSettled;
    await nextTurn();
    if (complete && rows.length > 0) await this.#memory.neighbours.replace(rows);
    else await this.#memory.neighbours.add(rows);
    await nextTurn();
    return {
      filings: await filingsOf(rows, forms),
      complete,
      pages: pages.length,
      rows: pages.reduce((sum, { listed }) => sum + listed, 0),
      refused: pages.reduce((sum, { refused }) => sum + refused.length, 0),
      problems,
      fault,
      blockedUntil: run.blocked?.blockedUntil ?? null,
    };
  }
}

/**
 * Reads the whole "latest filings" feed once. A program that does so again and again keeps a {@link Crawler}.
 *
 * @throws The signal's reason once it aborts.
 * @example
 * const client = new EdgarClient({ userAgent: 'Example Corp filings@example.com' });
 * const { filings, complete } = await crawl({ client, forms: ['8-K', '8-K/A'] });
 */
export async function crawl(options: CrawlOptions): Promise<Crawl> {
  return new Crawler(options).crawl();
}
