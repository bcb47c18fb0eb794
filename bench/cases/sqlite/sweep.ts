import { prefilter } from 'sapphire-plugin-seen';
import {
  Crawler,
  EdgarUnavailableError,
  filingAliases,
  filingKey,
  type CrawlOptions,
  type Filing,
} from 'sapphire-plugin-seen/edgar';
import type { SeenStore } from 'sapphire-plugin-seen/store';

import { generatedFeed } from '../../../local/edgar/index.ts';
import { atMost, databaseOf, million, type BenchCase, type Measurement } from '../../case.ts';
import { copyOf } from '../../databases/sqlite.ts';
import { openQuietStore } from '../../databases/open.ts';
import { longest, median } from '../../measure/statistics.ts';
import { watchEventLoop } from '../../measure/stall.ts';

/** EDGAR lists so many rows, on 51 pages. */
const ROWS = 5_100;
const COUNT = 100;

/** The share of filings that is new after two minutes: about twenty. */
const NEW_FILINGS = 20 / ROWS;

interface Sweep {
  readonly cpuMs: number;
  readonly stallMs: number;
  /** The stall with the waits for other processes. */
  readonly feltMs: number;
  readonly rows: number;
  readonly filings: readonly Filing[];
  readonly unseen: readonly Filing[];
}

/** A whole sweep of EDGAR but for the network: read, grouped, and asked for in the store. */
const sweepCase: BenchCase = {
  name: 'sweep',
  title: 'A full EDGAR sweep: 51 pages, 5,100 rows, against 1M ids',
  rows: () => [million],
  run: async (input) => {
    const store = await openQuietStore(copyOf(databaseOf(input, million), input.folder, 'sweep'));
    const feed = movingFeed();
    const kept = new Crawler({ client: feed.client });
    const { filings } = await kept.crawl();
    await store.markSeen(filings.map(filingKey));
    const rounds = input.quick ? 10 : 20;
    const steady: Sweep[] = [];
    for (let round = 0; round < rounds; round += 1) {
      feed.advance();
      steady.push(await sweep(store, kept));
      await store.markSeen(steady.at(-1)?.unseen.map(filingKey) ?? []);
    }
    // In rounds of their own: what they leave to be collected would be collected within a steady sweep.
    const first: Sweep[] = [];
    // Has the pages made that the others ask for.
    await new Crawler({ client: feed.client }).crawl();
    for (let round = 0; round < rounds; round += 1)
      first.push(await sweep(store, new Crawler({ client: feed.client })));
    await store.close();
    return [
      ...measurements('steady sweep', steady, { cpuMs: 100, stallMs: 8 }),
      ...measurements('first sweep', first, { cpuMs: 355, stallMs: 25 }),
    ];
  },
};

function measurements(
  name: string,
  sweeps: readonly Sweep[],
  goals: { readonly cpuMs: number; readonly stallMs: number },
): Measurement[] {
  const cpu = median(sweeps.map(({ cpuMs }) => cpuMs));
  const stall = longest(sweeps.map(({ stallMs }) => stallMs));
  const felt = longest(sweeps.map(({ feltMs }) => feltMs));
  const medianStall = median(sweeps.map(({ stallMs }) => stallMs));
  const last = sweeps.at(-1);
  const figures = { cpu, stall, felt, medianStall, rows: last?.rows ?? 0 };
  return [
    {
      label: `${name}, processor time`,
      value: cpu,
      unit: 'ms',
      ...atMost(goals.cpuMs),
      detail: `${last?.rows} rows, ${last?.filings.length} filings, ${last?.unseen.length} unseen`,
      figures,
    },
    {
      label: `${name}, longest event-loop stall in any`,
      value: stall,
      unit: 'ms',
      ...atMost(goals.stallMs),
      detail: `${sweeps.length} sweeps, their median ${medianStall.toFixed(1)} ms; with the waits for other processes ${felt.toFixed(1)} ms`,
    },
  ];
}

async function sweep(store: SeenStore, crawler: Crawler): Promise<Sweep> {
  const stop = watchEventLoop();
  const before = process.cpuUsage();
  const { filings, rows } = await crawler.crawl();
  const { unseen } = await prefilter(store, filings, { key: filingKey, aliases: filingAliases });
  const { user, system } = process.cpuUsage(before);
  const { ownMs: stallMs, longestMs: feltMs } = stop();
  return { cpuMs: (user + system) / 1000, stallMs, feltMs, rows, filings, unseen };
}

/** A feed whose pages are made before they are measured, as the network would bring them: one a turn of the event loop. */
function movingFeed(): { readonly client: CrawlOptions['client']; advance(): void } {
  const feed = generatedFeed({ filings: ROWS, newPerCycle: [NEW_FILINGS, NEW_FILINGS] });
  const pages = new Map<number, Uint8Array | null>();
  return {
    client: {
      fetchPage: async ({ start, count, type }) => {
        const page = pages.get(start) ?? (start < ROWS ? feed.page({ start, count, type }) : null);
        pages.set(start, page);
        if (page === null) throw new EdgarUnavailableError();
        // Bytes of its own, as each answer of the network has.
        return page.slice();
      },
    },
    advance: () => {
      feed.advance();
      pages.clear();
      for (let start = 0; start < ROWS; start += COUNT) pages.set(start, feed.page({ start, count: COUNT, type: '' }));
    },
  };
}

export default sweepCase;
