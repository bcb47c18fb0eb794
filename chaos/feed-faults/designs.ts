import { setImmediate as nextTurn } from 'node:timers/promises';

import {
  Crawler,
  groupFilings,
  parsePage,
  type Crawl,
  type CrawlOptions,
  type FilingRow,
} from '../../src/edgar/index.ts';
import type { Design } from '../designs.ts';

/** The part of a bot that reads the feed. */
export interface FeedReader {
  crawl(signal: AbortSignal): Promise<Pick<Crawl, 'filings' | 'complete' | 'fault'>>;
}

/** Makes the reader of a design: ours, or one that is broken on purpose, to prove that the check notices. */
export function readerOf(design: Design, options: CrawlOptions): FeedReader {
  return design === 'naive-crawl' ? new NaiveReader(options) : new Crawler(options);
}

/** Reads pages until one is not to be had, takes that for the end of the feed, and every filing for whole. */
class NaiveReader implements FeedReader {
  readonly #options: CrawlOptions;

  constructor(options: CrawlOptions) {
    this.#options = options;
  }

  async crawl(signal: AbortSignal): ReturnType<FeedReader['crawl']> {
    const { forms = [] } = this.#options;
    const rows: FilingRow[] = [];
    for (let start = 0; ; start += 100) {
      const page = await this.#page(start, signal);
      rows.push(...page);
      if (page.length < 100) break;
      await nextTurn();
    }
    const filings = groupFilings(rows).toReversed();
    const wanted = filings.filter(({ form }) => forms.length === 0 || forms.includes(form));
    const whole = wanted.map((filing) => Object.assign({}, filing, { partial: false }));
    return { filings: whole, complete: true, fault: undefined };
  }

  async #page(start: number, signal: AbortSignal): Promise<readonly FilingRow[]> {
    const { client, forms = [] } = this.#options;
    try {
      const type = forms.length === 0 ? '' : '8-K';
      return parsePage(await client.fetchPage({ start, count: 100, type }, signal)).rows;
    } catch {
      signal.throwIfAborted();
      return [];
    }
  }
}
