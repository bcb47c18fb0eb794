import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FeedQuery, FeedSource } from './feed-source.ts';

/**
 * Replays recorded crawls of the real feed: the sub-folders of `folder` in the order of their names, the next one after
 * each `advance()`. Their pages are files named `NN_count100_start0000.xml`. The feed stays at the last one.
 *
 * @throws When the folder contains no recorded crawl.
 */
export function recordedFeed(folder: string): FeedSource {
  return new RecordedFeed(folder);
}

class RecordedFeed implements FeedSource {
  readonly #crawls: readonly string[];
  #current = 0;
  #pages: ReadonlyMap<string, Uint8Array>;

  constructor(folder: string) {
    const folders = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    const paths = folders.map(({ name }) => join(folder, name)).toSorted();
    this.#crawls = paths.filter((path) => pageFiles(path).length > 0);
    if (this.#crawls.length === 0) {
      throw new Error('The folder contains no recorded crawl: no …_count100_start0000.xml in a sub-folder.');
    }
    this.#pages = this.#load();
  }

  page({ start, count, type }: FeedQuery): Uint8Array | null {
    if (type !== '') return this.#ofType({ start, count, type });
    return this.#pages.get(`${count} ${start}`) ?? null;
  }

  advance(): void {
    this.#current = Math.min(this.#current + 1, this.#crawls.length - 1);
    this.#pages = this.#load();
  }

  expected(): readonly string[] {
    const ids = this.#entries().flatMap((entry) => /accession-number=([\d-]+)/.exec(entry)?.[1] ?? []);
    return [...new Set(ids)];
  }

  #load(): ReadonlyMap<string, Uint8Array> {
    const files = pageFiles(this.#crawls[this.#current] ?? '');
    return new Map(files.map(({ path, count, start }) => [`${count} ${start}`, readFileSync(path)]));
  }

  /** Puts the page of one type together from all entries: the feed was recorded without a type. */
  #ofType({ start, count, type }: FeedQuery): Uint8Array | null {
    const entries = this.#entries().filter((entry) => formOf(entry).startsWith(type));
    if (start > 0 && start >= entries.length) return null;
    const page = entries.slice(start, start + count).join('\n');
    return Buffer.from(`<?xml version="1.0" encoding="ISO-8859-1" ?>\n<feed>\n${page}\n</feed>`, 'latin1');
  }

  #entries(): readonly string[] {
    return [...this.#pages].flatMap(([key, page]) => {
      const text = key.startsWith('100 ') ? Buffer.from(page).toString('latin1') : '';
      return [...text.matchAll(/<entry>.*?<\/entry>/gs)].map(([entry]) => entry);
    });
  }
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

function formOf(entry: string): string {
  return /<category [^>]*term="([^"]*)"/.exec(entry)?.[1] ?? '';
}
