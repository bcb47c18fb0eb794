import type { FilingRow } from '../filing.ts';
import { rowKey } from '../row-key.ts';
import type { Neighbours } from './neighbours.ts';
import { endOf, hasRow, indexOfRow, lastRow, overlap, type ReadPage } from './read-page.ts';

/** The rows of a crawl in the order of the feed; null where rows may be missing. */
export type RowSequence = readonly (FilingRow | null)[];

/** A place where rows may be missing, between two pages that were read. */
export interface Seam {
  /** The page before the seam; null where the first page was not read. */
  readonly before: ReadPage | null;
  readonly after: ReadPage;
  /** True where whole pages are missing. */
  readonly isGap: boolean;
}

/**
 * The pages of a crawl, in the order of the feed, and the seams between them.
 *
 * Two pages may come from two nodes, of which one is behind: `start` then counts other rows on the one than on the
 * other, and the rows between the two pages are on neither. So two pages are joined only where they share a row, or
 * where their rows at the seam were neighbours in an earlier crawl.
 */
export class PageChain {
  readonly #neighbours: Neighbours;
  readonly #pages: ReadPage[] = [];

  /** @param neighbours The rows that followed each other in earlier crawls. */
  constructor(neighbours: Neighbours) {
    this.#neighbours = neighbours;
  }

  get pages(): readonly ReadPage[] {
    return this.#pages;
  }

  /** The page that reaches furthest. */
  get last(): ReadPage | undefined {
    return this.#pages.reduce<ReadPage | undefined>(
      (furthest, page) => (furthest === undefined || endOf(page) >= endOf(furthest) ? page : furthest),
      undefined,
    );
  }

  /** The place after the last row that was read. */
  get end(): number {
    return this.last === undefined ? 0 : endOf(this.last);
  }

  /** The greatest number of entries that a page had: a server may give fewer than it is asked for. */
  get pageSize(): number {
    return Math.max(0, ...this.#pages.map(({ listed }) => listed));
  }

  /** Adds the page that follows all others. */
  append(page: ReadPage): void {
    this.#pages.push(page);
  }

  /** Adds a page that follows another one; null stands for the beginning of the feed. `start` may be a late node's. */
  insertAfter(before: ReadPage | null, page: ReadPage): void {
    this.#pages.splice(before === null ? 0 : this.#pages.indexOf(before) + 1, 0, page);
  }

  /** Lists the seams where rows may be missing. */
  seams(): Seam[] {
    const seams: Seam[] = [];
    let before: ReadPage | null = null;
    for (const after of this.#pages) {
      if (before !== null && hasRow(before, lastRow(after))) continue;
      if (!this.#isJoined(before, after)) seams.push({ before, after, isGap: isGap(before, after) });
      before = after;
    }
    return seams;
  }

  /** Returns every row that was read, each once. */
  rows(): RowSequence {
    const rows: (FilingRow | null)[] = [];
    let before: ReadPage | null = null;
    const strays: FilingRow[] = [];
    for (const page of this.#pages) {
      if (before !== null && hasRow(before, lastRow(page))) {
        strays.push(...page.rows);
        continue;
      }
      if (!this.#isJoined(before, page)) rows.push(null);
      const last: FilingRow | undefined = before === null ? undefined : lastRow(before);
      const shared = last === undefined ? -1 : indexOfRow(page.rows, last);
      strays.push(...page.rows.slice(0, shared + 1));
      rows.push(...page.rows.slice(shared + 1));
      before = page;
    }
    return strays.length === 0 ? rows : [...rows, ...missingFrom(rows, strays)];
  }

  #isJoined(before: ReadPage | null, after: ReadPage): boolean {
    if (before === null) return after.start === 0;
    if (isGap(before, after)) return false;
    return overlap(before, after) || this.#wereNeighbours(before.rows.at(-1), after.rows[0]);
  }

  #wereNeighbours(one: FilingRow | undefined, other: FilingRow | undefined): boolean {
    return one !== undefined && other !== undefined && this.#neighbours.has(one, other);
  }
}

function isGap(before: ReadPage | null, after: ReadPage): boolean {
  return (before === null ? 0 : endOf(before)) < after.start;
}

/** Returns the rows that a page read later has in the middle of an earlier one: EDGAR released them in between. */
function missingFrom(rows: RowSequence, strays: readonly FilingRow[]): (FilingRow | null)[] {
  const known = new Set(rows.map((row) => row && rowKey(row)));
  return strays.flatMap((row) => (known.has(rowKey(row)) ? [] : [null, row]));
}
