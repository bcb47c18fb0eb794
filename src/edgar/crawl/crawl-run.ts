import { EdgarBlockedError } from '../errors.ts';
import type { CrawlMemory } from './memory.ts';
import type { ResolvedCrawlOptions } from './options.ts';
import { PageChain, type RowSequence } from './page-chain.ts';
import { OutOfPatience, PatientSource } from './patient-source.ts';
import { endOf } from './read-page.ts';
import { SeamCheck } from './seam-check.ts';
import { Walk } from './walk.ts';

/** Rounds that are made in any case, and those that are made as long as each of them settles something. */
const ROUNDS = { least: 3, most: 8 } as const;

/** The measures of what is not settled, each the better the smaller it is. */
interface Doubts {
  /** Pages that touch, and between which rows may be missing. */
  readonly tears: number;
  /** Rows on pages that could not be read. */
  readonly unread: number;
  /** Less by the rows that were passed on the way to the end of the feed. */
  readonly beyond: number;
}

/** One crawl under way, with what it has read so far. */
export class CrawlRun {
  readonly chain: PageChain;
  readonly source: PatientSource;
  readonly walk: Walk;
  readonly seams: SeamCheck;
  blocked: EdgarBlockedError | null = null;
  readonly #options: ResolvedCrawlOptions;

  constructor(options: ResolvedCrawlOptions, memory: CrawlMemory) {
    this.#options = options;
    this.chain = new PageChain(memory.neighbours);
    this.source = new PatientSource(options, memory.reader);
    this.walk = new Walk(options, this.source, this.chain, memory.mayBeEmpty);
    this.seams = new SeamCheck(this.source, this.chain, memory);
  }

  /** Reads what can be read, and stops when EDGAR blocks the client, or after too many requests in vain. */
  async readAll(): Promise<void> {
    try {
      await this.walk.goOn();
      await this.seams.askBetweenPages();
      await this.#settleDoubts();
    } catch (error) {
      if (error instanceof EdgarBlockedError) this.blocked = error;
      else if (!(error instanceof OutOfPatience)) throw error;
    }
  }

  /** Returns every row that was read, in the order of the feed; null where rows may be missing. */
  rows(): RowSequence {
    const rows = this.chain.rows();
    const isWhole = rows.length === 0 || this.walk.end === 'nothing follows';
    return isWhole ? rows : [...rows, null];
  }

  /** True once nothing is left to ask for. */
  get isSettled(): boolean {
    return this.walk.isOver && this.seams.open.length === 0;
  }

  async #settleDoubts(): Promise<void> {
    const { clock, retryDelayMs, signal } = this.#options;
    for (let round = 1; round <= ROUNDS.most && !this.isSettled; round += 1) {
      const before = this.#doubts();
      await clock.sleep(retryDelayMs, signal);
      await this.seams.askAll();
      await this.walk.goOn();
      if (round >= ROUNDS.least && !isLess(this.#doubts(), before)) return;
    }
  }

  #doubts(): Doubts {
    const { open } = this.seams;
    const gaps = open.filter(({ isGap }) => isGap);
    const unread = gaps.reduce(
      (sum, { before, after }) => sum + after.start - (before === null ? 0 : endOf(before)),
      0,
    );
    return { tears: open.length - gaps.length, unread, beyond: -this.chain.end };
  }
}

function isLess(now: Doubts, before: Doubts): boolean {
  return now.tears < before.tears || now.unread < before.unread || now.beyond < before.beyond;
}
