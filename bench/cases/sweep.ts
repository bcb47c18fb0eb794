import { prefilter } from 'sapphire-plugin-seen';
import {
  crawl,
  EdgarUnavailableError,
  filingAliases,
  filingKey,
  type CrawlOptions,
  type Filing,
} from 'sapphire-plugin-seen/edgar';
import type { SeenStore } from 'sapphire-plugin-seen/store';

import { generatedFeed } from '../../local/edgar/index.ts';
import { atMost, databaseOf, million, type BenchCase } from '../case.ts';
import { copyOf } from '../databases/build.ts';
import { openQuietStore } from '../databases/open.ts';
import { longest, median } from '../measure/statistics.ts';
import { watchEventLoop } from '../measure/stall.ts';

const PAGES = 51;
const COUNT = 100;

interface Sweep {
  readonly cpuMs: number;
  readonly stallMs: number;
  /** The stall with the waits for other processes. */
  readonly feltMs: number;
  readonly rows: number;
  readonly filings: number;
  readonly unseen: number;
}

/** A whole sweep of EDGAR but for the network: parsed, grouped, and asked for in the store. */
const sweepCase: BenchCase = {
  name: 'sweep',
  title: 'A full EDGAR sweep: 51 pages, 5,100 rows, against 1M ids',
  rows: () => [million],
  run: async (input) => {
    const store = await openQuietStore(copyOf(databaseOf(input, million), input.folder, 'sweep'));
    const client = pagesOf();
    const { filings } = await crawl({ client });
    await store.markSeen(filings.slice(filings.length / 10).map(filingKey));
    const sweeps: Sweep[] = [];
    for (let round = 0; round < (input.quick ? 10 : 20); round += 1) sweeps.push(await sweep(store, client));
    await store.close();
    const cpu = median(sweeps.map(({ cpuMs }) => cpuMs));
    const stall = longest(sweeps.map(({ stallMs }) => stallMs));
    const felt = longest(sweeps.map(({ feltMs }) => feltMs));
    const [first] = sweeps;
    const detail = `${first?.rows} rows, ${first?.filings} filings, ${first?.unseen} unseen`;
    const figures = {
      cpu,
      stall,
      felt,
      medianStall: median(sweeps.map(({ stallMs }) => stallMs)),
      rows: first?.rows ?? 0,
    };
    return [
      { label: 'processor time', value: cpu, unit: 'ms', ...atMost(400), detail, figures },
      {
        label: 'longest event-loop stall in any sweep',
        value: stall,
        unit: 'ms',
        ...atMost(25),
        detail: `${sweeps.length} sweeps, their median ${figures.medianStall.toFixed(1)} ms; with the waits for other processes ${felt.toFixed(1)} ms`,
      },
    ];
  },
};

async function sweep(store: SeenStore, client: CrawlOptions['client']): Promise<Sweep> {
  const stop = watchEventLoop();
  const before = process.cpuUsage();
  const { filings, rows } = await crawl({ client });
  const identity = { key: filingKey, aliases: (filing: Filing) => filingAliases(filing) };
  const { unseen } = await prefilter(store, filings, identity);
  const { user, system } = process.cpuUsage(before);
  const { ownMs: stallMs, longestMs: feltMs } = stop();
  return {
    cpuMs: (user + system) / 1000,
    stallMs,
    feltMs,
    rows,
    filings: filings.length,
    unseen: unseen.length,
  };
}

/** The pages, made beforehand, as the network would bring them: one a turn of the event loop. */
function pagesOf(): CrawlOptions['client'] {
  const feed = generatedFeed({ filings: PAGES * COUNT });
  const pages = Array.from({ length: PAGES }, (_, index) =>
    feed.page({ start: index * COUNT, count: COUNT, type: '' }),
  );
  return {
    fetchPage: async ({ start }) => {
      const page = pages[start / COUNT];
      if (page === undefined || page === null) throw new EdgarUnavailableError();
      return page;
    },
  };
}

export default sweepCase;
