import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { accessionOf, entriesOf, generatedFeed, recordedEntries, type Entry } from '../../local/edgar/index.ts';
import type { Random } from '../../local/random.ts';

/** A feed as it is in the end, newest entry first. */
export interface BaseFeed {
  /** The origin of the entries, for the report. */
  readonly origin: 'recorded crawls' | 'generated feeds';
  readonly entries: readonly Entry[];
  /** The polls after the first one by which entries have appeared, where a recording tells. */
  readonly appearsAt: ReadonlyMap<string, number>;
}

const folder = fileURLToPath(new URL('../../../shared/edgar/crawls/', import.meta.url));

let recorded: BaseFeed | undefined;

/** Returns the recorded crawls, one after the other, as one feed; undefined where there are none. */
export function recordedBase(): BaseFeed | undefined {
  if (recorded === undefined && existsSync(folder)) recorded = joinCrawls(recordedEntries(folder));
  return recorded;
}

/** Entries that a later crawl no longer lists have fallen off the end. */
function joinCrawls(crawls: readonly (readonly Entry[])[]): BaseFeed {
  const appearsAt = new Map<string, number>();
  crawls.forEach((entries, poll) => {
    for (const accession of entries.map(accessionOf)) {
      if (!appearsAt.has(accession)) appearsAt.set(accession, poll);
    }
  });
  const last = crawls.at(-1) ?? [];
  const known = new Set(last);
  const gone = (crawls[0] ?? []).filter((entry) => !known.has(entry));
  return { origin: 'recorded crawls', entries: [...last, ...gone], appearsAt };
}

/** Generates a feed of up to `most` filings. */
export function generatedBase(random: Random, most: number): BaseFeed {
  const feed = generatedFeed({ seed: random.between(1, 1_000_000), filings: random.between(1, most) });
  const pages: Uint8Array[] = [];
  for (let start = 0; ; start += 100) {
    const page = feed.page({ start, count: 100, type: '' });
    if (page === null) break;
    pages.push(page);
    if (entriesOf(page).length === 0) break;
  }
  return { origin: 'generated feeds', entries: pages.flatMap(entriesOf), appearsAt: new Map() };
}
