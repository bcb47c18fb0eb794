import { setImmediate as nextTurn } from 'node:timers/promises';
import type { SeenError } from '../store/errors.ts';
import { resolveCrawlOptions, type CrawlOptions, type ResolvedCrawlOptions } from './crawl-options.ts';
import {
  reportEmpty,
  reportFinished,
  reportProblem,
  reportRefused,
  type Crawl,
  type CrawlProblem,
} from './crawl-report.ts';
import { EdgarBlockedError, EdgarPageError } from './errors.ts';
import type { Filing, FilingRow } from './filing.ts';
import { matchesForms } from './forms.ts';
import { groupFilings } from './group.ts';
import { askForPage, DOCUMENTED_END, readPage, type PageOutcome } from './read-page.ts';

const MAX_BAD_PAGES_IN_A_ROW = 3;

type Step = 'go on' | 'stop';

/**
 * Reads the whole "latest filings" feed, page by page.
 *
 * It always reads to the end. Filings accepted in the evening are released the next morning with the evening's time, in
 * the middle of the feed, so neither "newer than the last one" nor "until the first known row" would find them all.
 *
 * A page that cannot be read is asked for once more and then left out; after three in a row the crawl gives up. When
 * EDGAR blocks the client it stops at once. It still returns what it has found, with `complete: false`.
 *
 * @throws The signal's reason once it aborts.
 * @example
 * const client = new EdgarClient({ userAgent: 'Example Corp filings@example.com' });
 * const { filings, complete } = await crawl({ client, forms: ['8-K', '8-K/A'] });
 */
export async function crawl(options: CrawlOptions): Promise<Crawl> {
  return new Crawling(resolveCrawlOptions(options)).run();
}

/** One crawl under way, with what it has found so far. */
class Crawling {
  readonly #options: ResolvedCrawlOptions;
  readonly #rows: FilingRow[] = [];
  readonly #problems: CrawlProblem[] = [];
  #pages = 0;
  #refused = 0;
  #badInARow = 0;
  #blockedUntil: Date | null = null;

  constructor(options: ResolvedCrawlOptions) {
    this.#options = options;
  }

  async run(): Promise<Crawl> {
    const { clock, logger } = this.#options;
    const startedAt = clock.now();
    await this.#readAll();
    // Grouping thousands of rows takes milliseconds, and so does what the caller then does with them.
    await nextTurn();
    const result = this.#result();
    reportFinished(logger, result, clock.now() - startedAt);
    await nextTurn();
    return result;
  }

  async #readAll(): Promise<void> {
    const { count, maxPages } = this.#options;
    for (let page = 0; page < maxPages; page += 1) {
      if ((await this.#readAt(page * count)) === 'stop') return;
      // Parsing a page takes milliseconds, fifty of them in one turn would hold up the bot.
      await nextTurn();
    }
    this.#problem(
      'edgar_feed_endless',
      maxPages * count,
      new EdgarPageError(`The feed has not ended after ${maxPages} pages.`),
    );
  }

  async #readAt(start: number): Promise<Step> {
    try {
      return await this.#take(start, await readPage(this.#options, start));
    } catch (error) {
      this.#options.signal.throwIfAborted();
      if (!(error instanceof EdgarBlockedError)) throw error;
      this.#blockedUntil = error.blockedUntil;
      return this.#problem('edgar_blocked', start, error);
    }
  }

  #take(start: number, outcome: PageOutcome): Step | Promise<Step> {
    if (outcome.kind === 'bad') return this.#skip(start, outcome.error);
    if (outcome.kind === 'unavailable') return this.#endOrOutage(start, outcome.error);
    this.#collect(start, outcome);
    if (outcome.listed === 0 && start === 0) reportEmpty(this.#options);
    if (outcome.listed === 0) return 'stop';
    return outcome.listed < this.#options.count ? this.#endOrGap(start, outcome.listed) : 'go on';
  }

  #collect(start: number, { page, listed }: Extract<PageOutcome, { kind: 'page' }>): void {
    this.#badInARow = 0;
    this.#pages += listed === 0 ? 0 : 1;
    this.#refused += page.refused.length;
    this.#rows.push(...page.rows);
    reportRefused(this.#options.logger, start, page.refused);
  }

  #skip(start: number, error: EdgarPageError): Step {
    this.#problem('edgar_page_skipped', start, error);
    this.#badInARow += 1;
    if (this.#badInARow < MAX_BAD_PAGES_IN_A_ROW) return 'go on';
    this.#options.logger.error('edgar_crawl_gave_up', { start, bad_pages_in_a_row: this.#badInARow });
    return 'stop';
  }

  /**
   * Takes a short page for the last one, unless another one follows: then rows are missing from it, nobody can say
   * which, and the crawl goes on without being complete.
   */
  async #endOrGap(start: number, listed: number): Promise<Step> {
    const { count } = this.#options;
    const next = start + count;
    if (next >= DOCUMENTED_END || !(await this.#answers(next))) return 'stop';
    const what = `The page has ${listed} rows in place of ${count}, and another one follows.`;
    this.#problem('edgar_page_short', start, new EdgarPageError(what));
    return 'go on';
  }

  /**
   * Tells the end of the feed from an outage, which EDGAR answers with the same 503. At the end, the page before still
   * answers and the page after does not; in an outage neither does; with one page out of order both do.
   */
  async #endOrOutage(start: number, error: EdgarPageError): Promise<Step> {
    if (start >= DOCUMENTED_END) return 'stop';
    if (start === 0 || !(await this.#answers(start - this.#options.count)))
      return this.#problem('edgar_outage', start, error);
    return (await this.#answers(start + this.#options.count)) ? this.#skip(start, error) : 'stop';
  }

  async #answers(start: number): Promise<boolean> {
    const outcome = await askForPage(this.#options, start);
    return outcome.kind === 'page' && outcome.listed > 0;
  }

  #problem(event: string, start: number, error: SeenError): 'stop' {
    this.#problems.push(reportProblem(this.#options.logger, event, start, error));
    return 'stop';
  }

  #result(): Crawl {
    return {
      filings: oldestFirst(groupFilings(this.#rows)).filter((filing) => matchesForms(filing, this.#options.forms)),
      complete: this.#problems.length === 0,
      pages: this.#pages,
      rows: this.#rows.length + this.#refused,
      refused: this.#refused,
      problems: this.#problems,
      blockedUntil: this.#blockedUntil,
    };
  }
}

/** Reverses the feed, which is newest first, and keeps that order within one second. */
function oldestFirst(filings: readonly Filing[]): Filing[] {
  return filings.toReversed().toSorted((a, b) => a.acceptedAt.getTime() - b.acceptedAt.getTime());
}
