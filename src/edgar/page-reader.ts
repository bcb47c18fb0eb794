import { nextTurn } from '../store/turns.ts';

import { readEntry, type ReadEntry } from './page/entry.ts';
import { openPage, pageOf, type FeedPage } from './parse.ts';

/** Characters of known entries that are read before the event loop runs again: about four hundred entries. */
const CHARACTERS_A_TURN = 250_000;

/** A new entry takes as long as so many known ones. */
const NEW_ENTRY_COST = 25;

/** Characters of entries that are remembered, ten times those of a whole feed: more than that is no feed of EDGAR's. */
const MAX_REMEMBERED = 30_000_000;

interface Remembered {
  readonly entry: ReadEntry;
  /** The crawl that met it last. */
  crawl: number;
}

/**
 * Reads the pages of a crawl, and remembers their entries by their text from one crawl to the next: most of a feed's
 * entries were there two minutes ago, and need no parser.
 */
export class PageReader {
  readonly #remembered = new Map<string, Remembered>();
  #characters = 0;
  #crawl = 0;

  /**
   * Reads one page as `parsePage` does, in turns of the event loop.
   *
   * @throws {EdgarPageError} for what is no page of the feed.
   */
  async read(body: Uint8Array): Promise<FeedPage> {
    const { entries, defect } = openPage(body);
    const read: ReadEntry[] = [];
    let work = 0;
    for (const text of entries) {
      const known = this.#recall(text);
      read.push(known ?? this.#readNew(text));
      work += text.length * (known === undefined ? NEW_ENTRY_COST : 1);
      if (work < CHARACTERS_A_TURN) continue;
      await nextTurn();
      work = 0;
    }
    return pageOf(read, defect);
  }

  /**
   * Forgets the entries that the crawl did not meet, if it has read the whole feed. If it has not, the next one may
   * meet them again: they are kept as long as there is room for as many more.
   */
  endCrawl(read: 'whole' | 'part'): void {
    if (read === 'whole' || this.#characters > MAX_REMEMBERED / 2) this.#forgetUnmet();
    this.#crawl += 1;
  }

  #forgetUnmet(): void {
    for (const [text, { crawl }] of this.#remembered) {
      if (crawl === this.#crawl) continue;
      this.#remembered.delete(text);
      this.#characters -= text.length;
    }
  }

  #recall(text: string): ReadEntry | undefined {
    const known = this.#remembered.get(text);
    if (known === undefined) return undefined;
    known.crawl = this.#crawl;
    return known.entry;
  }

  #readNew(slice: string): ReadEntry {
    const text = copyOf(slice);
    const entry = readEntry(text);
    if (this.#characters + text.length <= MAX_REMEMBERED) {
      this.#remembered.set(text, { entry, crawl: this.#crawl });
      this.#characters += text.length;
    }
    return entry;
  }
}

/** A part of a string keeps the whole of it in memory: this one, and what is read from it, keep no page. */
function copyOf(text: string): string {
  // Half as long, and compared faster, where it does.
  const encoding = /^[\0-\xff]*$/.test(text) ? 'latin1' : 'utf16le';
  return Buffer.from(text, encoding).toString(encoding);
}
