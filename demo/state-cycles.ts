import type { AdvancingFeed } from './advancing-feed.ts';
import type { BotLine } from './bot-process.ts';
import { cycleReport, type CycleReport } from './report.ts';

/** Follows the progress of the demo. */
export interface DemoListener {
  /** Called when a cycle begins to deliver, with the number of filings to enrich and post. */
  onDelivering(toEnrich: number): void;
  /** Called several times a second with the number of posts so far, in all cycles. */
  onPosted(posted: number): void;
  /** Called once the bot has nothing left to do for a state of the feed; they count from 1. */
  onCycle(cycle: number, report: CycleReport): void;
}

/**
 * Follows the bot from one state of the feed to the next. The bot polls while it delivers, and may need several cycles
 * for one state: a filing of which rows may be missing waits for the second. A cycle that finds nothing to do ends the
 * state.
 */
export class StateCycles {
  /** A report of each state that is over. */
  readonly reports: CycleReport[] = [];
  readonly #feed: AdvancingFeed;
  readonly #listener: Pick<DemoListener, 'onDelivering' | 'onCycle'>;
  /** The states that were crawled, and the one that the present cycle is about. They count from 1. */
  #crawled = 0;
  #state = 0;
  #report: CycleReport | undefined;

  constructor(feed: AdvancingFeed, listener: Pick<DemoListener, 'onDelivering' | 'onCycle'>) {
    this.#feed = feed;
    this.#listener = listener;
  }

  read(line: BotLine): void {
    if (line.msg === 'edgar_crawl_finished') this.#crawled = this.#feed.listed.length;
    else if (line.msg.startsWith('sec_llm_batch_start')) this.#begin(Number(line['to_enrich']));
    else if (line.msg === 'feed_cycle_finished') this.#end(cycleReport(line));
  }

  #begin(toEnrich: number): void {
    this.#state = this.#crawled;
    if (!this.#isOver && toEnrich > 0) this.#listener.onDelivering(toEnrich);
  }

  #end(cycle: CycleReport): void {
    if (this.#isOver) return;
    const earlier = this.#report;
    this.#report = earlier === undefined ? cycle : withWork(earlier, cycle);
    if (earlier === undefined || hasWork(cycle)) return;
    this.reports.push(earlier);
    this.#report = undefined;
    this.#listener.onCycle(this.reports.length, earlier);
    this.#feed.release();
  }

  get #isOver(): boolean {
    return this.#state <= this.reports.length;
  }
}

function hasWork({ enriched, posted, marked }: CycleReport): boolean {
  return enriched + posted + marked > 0;
}

function withWork(all: CycleReport, { enriched, posted, marked }: CycleReport): CycleReport {
  return {
    ...all,
    enriched: all.enriched + enriched,
    posted: all.posted + posted,
    marked: all.marked + marked,
  };
}
