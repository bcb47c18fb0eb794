import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { accessionsOf, entriesOf, pageOfEntries, withoutNewest, type Entry } from './entries.ts';
import type { FeedQuery, FeedSource } from './feed-source.ts';

/**
 * Replays recorded crawls of the real feed: the sub-folders of `folder` in the order of their names, the next one after
 * each `advance()`. Their pages are files named `NN_count100_start0000.xml`; other pages are made of their entries. The
 * feed stays at the last crawl.
 *
 * @throws When the folder contains no recorded crawl.
 */
export function recordedFeed(folder: string): FeedSource {
  return new RecordedFeed(recordedCrawlsIn(folder));
}

/**
 * Reads the entries of each recorded crawl in the sub-folders of `folder`, in the order of their names.
 *
 * @throws When the folder contains no recorded crawl.
 */
export function recordedEntries(folder: string): Entry[][] {
  return recordedCrawlsIn(folder).map((path) => Array.from(new RecordedCrawl(path).entries));
}

class RecordedFeed implements FeedSource {
  readonly #paths: readonly string[];
  #current = 0;
  #crawl: RecordedCrawl;
  #before: RecordedCrawl;

  constructor(paths: readonly string[]) {
    this.#paths = paths;
    this.#crawl = new RecordedCrawl(paths[0] ?? '');
    this.#before = this.#crawl;
  }

  page(query: FeedQuery): Uint8Array | null {
    if (query.lag === 'a poll') return this.#before.page(query);
    if (query.lag === 'a second') return pageOfEntries(withoutNewest(this.#crawl.entries), query);
    return this.#crawl.page(query);
  }

  advance(): void {
    this.#before = this.#crawl;
    const next = this.#paths[this.#current + 1];
    if (next === undefined) return;
    this.#current += 1;
    this.#crawl = new RecordedCrawl(next);
  }

  expected(): readonly string[] {
    return accessionsOf(this.#crawl.entries);
  }
}

/** One recorded crawl. */
class RecordedCrawl {
  readonly entries: readonly Entry[];
  readonly #pages: ReadonlyMap<string, Uint8Array>;

  constructor(path: string) {
    const files = pageFiles(path).toSorted((a, b) => a.start - b.start);
    this.#pages = new Map(files.map((file) => [`${file.count} ${file.start}`, readFileSync(file.path)]));
    this.entries = [...this.#pages].flatMap(([key, page]) => (key.startsWith('100 ') ? entriesOf(page) : []));
  }

  page(query: FeedQuery): Uint8Array | null {
    const recorded = query.type === '' ? this.#pages.get(`${query.count} ${query.start}`) : undefined;
    return recorded ?? pageOfEntries(this.entries, query);
  }
}

function recordedCrawlsIn(folder: string): string[] {
  const folders = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const paths = folders.map(({ name }) => join(folder, name)).toSorted();
  const crawls = paths.filter((path) => pageFiles(path).length > 0);
  if (crawls.length > 0) return crawls;
  throw new Error('The folder contains no recorded crawl: no …_count100_start0000.xml in a sub-folder.');
}

interface PageFile {
  readonly path: string;
  readonly count: number;
  readonly start: number;
}

/** Lists the pages of one crawl, and ignores other files. */
function pageFiles(crawl: string): PageFile[] {
  const files = readdirSync(crawl, { withFileTypes: true }).filter((entry) => entry.isFile());
  return files.flatMap(({ name }) => {
    const [, count, start] = /_count(\d+)_start(\d+)\.xml$/.exec(name) ?? [];
    return count === undefined ? [] : [{ path: join(crawl, name), count: Number(count), start: Number(start) }];
  });
}
