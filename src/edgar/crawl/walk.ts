import { EdgarEmptyPageError, EdgarPageError, EdgarUnavailableError } from '../errors.ts';
import { FULL_PAGE, type ResolvedCrawlOptions } from './options.ts';
import type { PageChain } from './page-chain.ts';
import type { PageSource } from './page-source.ts';
import { endOf, hasRow, isSameRow, lastRow, type ReadPage } from './read-page.ts';

/**
 * The row at which EDGAR ends every feed with HTTP 503, however many rows there are.
 *
 * Measured: `start=5000` answers, `start=5100` does not.
 */
const DOCUMENTED_END = 5100;

/** Pages in a row that cannot be read, after which the walk stops and waits for the next round. */
const MAX_FAILURES_IN_A_ROW = 3;

/** Rows that a page counts as at least, so that a server that gives one row a page is given up as well. */
const SMALLEST_PAGE = 10;

/** Times that the first page is found empty before the feed is. */
const EMPTY_FIRST_PAGES = 3;

/** Pages in a row that repeat the page before them. A single one may follow a page of a node that is behind. */
const MAX_REPEATS = 2;

/** The proof that nothing stands after the last row that was read; null as long as there is none. */
export type End = 'documented' | 'nothing follows' | 'empty feed' | null;

/** A reason for which no further page is asked for. */
export interface DeadEnd {
  readonly event: 'edgar_start_ignored' | 'edgar_feed_endless';
  readonly start: number;
  readonly error: EdgarPageError;
}

/** Reads page after page, each from where the one before ended, up to the end of the feed. */
export class Walk {
  readonly #options: ResolvedCrawlOptions;
  readonly #source: PageSource;
  readonly #chain: PageChain;
  readonly #mayBeEmpty: boolean;
  #end: End = null;
  #foundNothing = false;
  #deadEnd: DeadEnd | null = null;
  #pages = 0;
  #rows = 0;
  #repeats = 0;

  /** @param mayBeEmpty False where rows were there a moment ago: then empty pages are no proof of an empty feed. */
  constructor(options: ResolvedCrawlOptions, source: PageSource, chain: PageChain, mayBeEmpty: boolean) {
    this.#options = options;
    this.#source = source;
    this.#chain = chain;
    this.#mayBeEmpty = mayBeEmpty;
  }

  /** True if every page was sound and empty: the feed is empty, or was for a moment. */
  get foundNothing(): boolean {
    return this.#foundNothing && this.#chain.pages.length === 0;
  }

  get end(): End {
    return this.#end;
  }

  get deadEnd(): DeadEnd | null {
    return this.#deadEnd;
  }

  get isOver(): boolean {
    return this.#end !== null || this.#deadEnd !== null;
  }

  /** Walks on from the last page that was read, past pages that cannot be read, until three of them in a row. */
  async goOn(): Promise<void> {
    let at = this.#chain.end;
    let failures: EdgarPageError[] = [];
    while (!this.isOver && failures.length < MAX_FAILURES_IN_A_ROW) {
      const { end } = this.#chain;
      const answer = await this.#source.ask(at, 'rows');
      if (answer instanceof EdgarPageError) {
        failures.push(answer);
        if (await this.#standsStill(at, failures)) return;
      } else {
        this.#take(answer);
      }
      const hasMoved = this.#chain.end > end;
      if (hasMoved) failures = [];
      at = hasMoved ? this.#chain.end : at + this.#options.count;
    }
  }

  /** Looks for the end where a page is not to be had, and tells whether to leave it at that for now. */
  async #standsStill(at: number, failures: readonly EdgarPageError[]): Promise<boolean> {
    const error = failures.at(-1);
    const { end } = this.#chain;
    if (at === 0 && error instanceof EdgarEmptyPageError) return this.#isFeedEmpty();
    if (at === end && this.#isDocumented() && error !== undefined && hasNothing(error)) this.#end = 'documented';
    if (this.isOver) return true;
    // Nothing is beyond the documented end, unless a page was read there.
    const isLast = failures.length === MAX_FAILURES_IN_A_ROW || at >= Math.max(DOCUMENTED_END, end);
    if (this.#isProofDue(failures, isLast)) await this.#proveEnd();
    return isLast && this.#chain.end === end;
  }

  /** Tells whether the pages end where EDGAR's do. A server that gave a page which begins there is another one. */
  #isDocumented(): boolean {
    const { end, last } = this.#chain;
    return end >= DOCUMENTED_END && last !== undefined && last.start < DOCUMENTED_END;
  }

  /** Tells whether to ask for the proof of the end now: once, as early as the end is likely. */
  #isProofDue(failures: readonly EdgarPageError[], isLast: boolean): boolean {
    const likely = this.#endsShort() ? 0 : failures.findIndex(hasNothing);
    return likely < 0 ? isLast : likely === failures.length - 1;
  }

  #take(page: ReadPage): void {
    const before = this.#chain.last;
    const isFull = page.listed === this.#chain.pageSize;
    const isRepeated = isFull && before !== undefined && hasRow(page, before.rows[0]);
    this.#repeats = isRepeated ? this.#repeats + 1 : 0;
    this.#append(page);
    if (this.#repeats === MAX_REPEATS) {
      const { start } = page;
      const what =
        'EDGAR, or what stands in its place, gives the same page for every start: only one page can be read.';
      this.#deadEnd = { event: 'edgar_start_ignored', start, error: new EdgarPageError(what) };
    }
  }

  #append(page: ReadPage): void {
    this.#pages += 1;
    this.#rows += Math.max(SMALLEST_PAGE, page.listed);
    this.#chain.append(page);
    if (this.#rows < this.#options.maxPages * FULL_PAGE) return;
    const what = `The feed has not ended after ${this.#pages} pages, at row ${endOf(page)}.`;
    this.#deadEnd = { event: 'edgar_feed_endless', start: endOf(page), error: new EdgarPageError(what) };
  }

  /** Tells whether the last page has fewer rows than others: it is the likely end. */
  #endsShort(): boolean {
    const { last, pages, pageSize } = this.#chain;
    if (last === undefined || last.listed >= this.#options.count) return false;
    return pages.length === 1 || last.listed < pageSize;
  }

  /**
   * Asks for a page that begins half a page before the supposed end. The server has just given pages of `pageSize`
   * rows; if it gives fewer now, and the last one is the last row that was read before, then no other follows.
   */
  async #proveEnd(): Promise<void> {
    const { last, pageSize } = this.#chain;
    const supposed = last === undefined ? undefined : lastRow(last);
    if (last === undefined || supposed === undefined) return;
    const isFull = last.listed >= pageSize;
    const page = await this.#source.ask(placeOfProof(endOf(last), pageSize), 'overlap');
    if (page instanceof EdgarPageError || !hasRow(page, supposed)) return;
    // It may have the rows of a page that was not to be had.
    if (endOf(page) > endOf(last)) this.#append({ ...page, purpose: 'rows' });
    else this.#chain.append(page);
    const final = lastRow(page);
    const isShort = page.defect === null && page.listed < Math.max(pageSize, 2);
    if (!isShort || final === undefined || !isSameRow(final, supposed)) return;
    // A short page stays short when the proof is short as well. After a full one, the proof alone would have to be right.
    if (!isFull || (await this.#staysAway(endOf(last)))) this.#end = 'nothing follows';
  }

  /** Asks once more for the page after the supposed end. */
  async #staysAway(start: number): Promise<boolean> {
    const answer = await this.#source.ask(start, 'rows');
    if (answer instanceof EdgarPageError) return hasNothing(answer);
    this.#take(answer);
    return false;
  }

  /**
   * Looks for the proof that the feed is empty, as a narrowed one is on many a night: a first page that stays empty,
   * and an empty second page. Any error on the second one is a doubt: it may be an outage. But a 503 may mean that the
   * feed ends before it, and that is so where EDGAR still lists other forms.
   */
  async #isFeedEmpty(): Promise<boolean> {
    const times = this.#source.failuresAt(0).filter((error) => error instanceof EdgarEmptyPageError).length;
    if (times < EMPTY_FIRST_PAGES) return true;
    const second = await this.#source.ask(this.#options.count, 'rows');
    if (!(second instanceof EdgarPageError)) {
      this.#take(second);
      return this.isOver;
    }
    this.#foundNothing =
      second instanceof EdgarEmptyPageError ||
      (second instanceof EdgarUnavailableError && (await this.#source.listsOtherForms()));
    if (this.#foundNothing && this.#mayBeEmpty) this.#end = 'empty feed';
    return true;
  }
}

/** Tells an answer that means the end of the feed, unless it is an outage. */
function hasNothing(error: EdgarPageError): boolean {
  return error instanceof EdgarUnavailableError || error instanceof EdgarEmptyPageError;
}

/** Returns a place half a page before the supposed end, but none so far back that EDGAR gives no page there. */
function placeOfProof(end: number, pageSize: number): number {
  const half = end - Math.max(1, Math.floor(pageSize / 2));
  const place = end < DOCUMENTED_END ? Math.min(half, DOCUMENTED_END - pageSize) : half;
  return Math.max(0, place);
}
