import { EdgarNetworkError, EdgarPageError, EdgarTimeoutError } from '../errors.ts';
import type { CrawlMemory } from './memory.ts';
import type { PageChain, Seam } from './page-chain.ts';
import type { PageSource } from './page-source.ts';
import { endOf, hasRow, isSameRow, lastRow, overlap, type ReadPage } from './read-page.ts';

/** Pages in a row that are not to be had, after which EDGAR is left alone until the next round. */
const MAX_FAILURES_IN_A_ROW = 3;

/** Refusals in a row that show that a server gives no page which begins inside of another. */
const MAX_REFUSALS = 10;

/** Reads what may be missing between the pages of a chain. */
export class SeamCheck {
  readonly #source: PageSource;
  readonly #chain: PageChain;
  readonly #memory: Pick<CrawlMemory, 'areOverlapsRefused'>;
  /** The times that a page which begins elsewhere was given, by the place that was asked for. */
  readonly #misplaced = new Map<number, number>();
  #given = 0;
  #refused = 0;

  /** @param memory Keeps from one crawl to the next that the server gives no page which begins inside of another. */
  constructor(source: PageSource, chain: PageChain, memory: Pick<CrawlMemory, 'areOverlapsRefused'>) {
    this.#source = source;
    this.#chain = chain;
    this.#memory = memory;
  }

  /**
   * The seams that are worth asking about. Where a server gives no page that begins inside of another, that is the
   * gaps: the rest is taken on trust.
   */
  get open(): readonly Seam[] {
    return this.#chain.seams().filter(({ isGap }) => isGap || !this.#memory.areOverlapsRefused);
  }

  /** Asks for a page at each open seam; those that failed less often come first. */
  async askAll(): Promise<void> {
    await this.#ask(this.open);
  }

  /**
   * Asks for a page at each seam between two pages that touch, but not for pages that have just failed. A server that
   * refused them in an earlier crawl is asked for one: it may give them now.
   */
  async askBetweenPages(): Promise<void> {
    const [first, ...others] = this.#chain.seams().filter(({ isGap }) => !isGap);
    if (first === undefined) return;
    if (!this.#memory.areOverlapsRefused) return this.#ask([first, ...others]);
    this.#memory.areOverlapsRefused = !(await this.#mend(first));
    await this.#ask(this.open.filter(({ isGap }) => !isGap));
  }

  async #ask(seams: readonly Seam[]): Promise<void> {
    let failures = 0;
    for (const seam of seams.toSorted((a, b) => this.#timesFailed(a) - this.#timesFailed(b))) {
      failures = (await this.#mend(seam)) ? 0 : failures + 1;
      if (failures < MAX_FAILURES_IN_A_ROW) continue;
      if (seam.isGap || this.#refused !== failures || failures === MAX_REFUSALS || this.#isAnyGiven) break;
    }
    if (this.#isRefusalLikely()) await this.#concludeRefusal();
  }

  /** @returns False when no page was to be had, or none that shows a row behind the seam. */
  async #mend(seam: Seam): Promise<boolean> {
    const place = this.#placeOf(seam);
    const answer = await this.#source.ask(place, seam.isGap ? 'rows' : 'overlap');
    const { before, isGap } = seam;
    if (isGap || before === null) {
      if (answer instanceof EdgarPageError) return false;
      this.#chain.insertAfter(before, answer);
      return true;
    }
    if (answer instanceof EdgarPageError) {
      if (isRefusal(answer)) this.#refused += 1;
      return false;
    }
    if (hasRow(before, lastRow(answer))) {
      this.#misplaced.set(place, this.#timesMisplaced(place) + 1);
      this.#refused += 1;
      return false;
    }
    this.#given += 1;
    // A page that does not overlap comes from another state of the feed, and shows nothing.
    if (overlap(before, answer)) this.#chain.insertAfter(before, answer);
    return true;
  }

  #placeOf({ before, isGap }: Seam): number {
    const end = before === null ? 0 : endOf(before);
    return isGap ? end : Math.max(0, end - Math.max(1, Math.floor(this.#chain.pageSize / 2)));
  }

  #timesFailed(seam: Seam): number {
    const place = this.#placeOf(seam);
    return this.#source.failuresAt(place).length + this.#timesMisplaced(place);
  }

  #timesRefused(seam: Seam): number {
    const place = this.#placeOf(seam);
    return this.#source.failuresAt(place).filter(isRefusal).length + this.#timesMisplaced(place);
  }

  #timesMisplaced(place: number): number {
    return this.#misplaced.get(place) ?? 0;
  }

  /** True if any page was given that begins inside of another, be it at the end of the feed. */
  get #isAnyGiven(): boolean {
    if (this.#given > 0) return true;
    const { pages } = this.#chain;
    return pages.some((page) => page.purpose === 'overlap' && !pages.some((other) => beginAlike(page, other)));
  }

  /** Ten refusals show it, or two at each seam where a feed is so short that it has only a few. */
  #isRefusalLikely(): boolean {
    const tears = this.open.filter(({ isGap }) => !isGap);
    if (tears.length < 2 || this.#isAnyGiven) return false;
    return this.#refused >= MAX_REFUSALS || tears.every((tear) => this.#timesRefused(tear) >= 2);
  }

  /** In an outage everything is refused, and nothing can be concluded from it. */
  async #concludeRefusal(): Promise<void> {
    const [first] = this.#chain.pages;
    if (first === undefined) return;
    const again = await this.#source.ask(first.start, 'overlap');
    this.#memory.areOverlapsRefused = !(again instanceof EdgarPageError);
  }
}

function isRefusal(error: EdgarPageError): boolean {
  return !(error instanceof EdgarNetworkError || error instanceof EdgarTimeoutError);
}

/** Tells whether a page begins where one does that was read for its rows, or was given in its place. */
function beginAlike(page: ReadPage, { purpose, start, rows: [first] }: ReadPage): boolean {
  const [begin] = page.rows;
  if (purpose !== 'rows') return false;
  return start === page.start || (begin !== undefined && first !== undefined && isSameRow(begin, first));
}
