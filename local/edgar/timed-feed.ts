import type { Clock } from '../clock.ts';
import { accessionsOf, pageOfEntries, type Entry } from './entries.ts';
import type { FeedQuery, FeedSource, Lag } from './feed-source.ts';

/** An entry, and the time at which it appears in the feed, in milliseconds since the epoch. */
export interface TimedEntry {
  readonly entry: Entry;
  readonly from: number;
}

export interface TimedFeedOptions {
  /** Every entry that the feed will ever list, in the order of the feed. */
  readonly entries: readonly TimedEntry[];
  readonly clock: Pick<Clock, 'now'>;
  /** Time from one poll to the next, in milliseconds: the lag of a node that is a poll behind. Default: two minutes. */
  readonly pollMs?: number;
  /** The number of rows after which the feed ends, whatever else there is. Default: 5,100, as EDGAR's. */
  readonly end?: number;
}

/** A feed that changes with the time, in the middle of a crawl too: entries appear where they belong. */
export class TimedFeed implements FeedSource {
  readonly #entries: readonly TimedEntry[];
  readonly #clock: Pick<Clock, 'now'>;
  readonly #lagMs: Readonly<Record<Lag, number>>;
  readonly #end: number;

  constructor({ entries, clock, pollMs = 120_000, end = 5100 }: TimedFeedOptions) {
    this.#entries = entries;
    this.#clock = clock;
    this.#lagMs = { 'a second': 1000, 'a poll': pollMs };
    this.#end = end;
  }

  /** Returns the time whose state of the feed a node shows. */
  timeOf(lag: Lag | undefined): number {
    return this.#clock.now() - (lag === undefined ? 0 : this.#lagMs[lag]);
  }

  page(query: FeedQuery): Uint8Array | null {
    const { start, count } = query;
    if (start >= this.#end) return null;
    const listed = this.#listedAt(this.timeOf(query.lag));
    return pageOfEntries(listed, { ...query, count: Math.min(count, this.#end - start) });
  }

  advance(): void {
    // It changes with the time.
  }

  expected(): readonly string[] {
    return accessionsOf(this.#listedAt(this.#clock.now())).slice(0, this.#end);
  }

  #listedAt(time: number): Entry[] {
    return this.#entries.filter(({ from }) => from <= time).map(({ entry }) => entry);
  }
}
