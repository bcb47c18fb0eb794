import type { FilingRow } from '../filing.ts';
import type { FeedPage } from '../parse.ts';
import { namesParty, rowKey } from '../row-key.ts';

/**
 * The reason for which a page was asked for: for rows that no other page has, or to see that none are missing between
 * other pages, or after the last one.
 */
export type Purpose = 'rows' | 'overlap';

/** A page that was read, with its place in the feed. */
export interface ReadPage extends FeedPage {
  /** The number of rows before the page, at the moment when it was asked for. */
  readonly start: number;
  readonly purpose: Purpose;
}

/** Returns the place where the next page begins. */
export function endOf({ start, listed }: ReadPage): number {
  return start + listed;
}

/** Returns the first row that can be told from others: one that names its party. */
function firstRow({ rows }: ReadPage): FilingRow | undefined {
  return rows.find(namesParty);
}

/** Returns the last row that can be told from others: one that names its party. */
export function lastRow({ rows }: ReadPage): FilingRow | undefined {
  return rows.findLast(namesParty);
}

/** Tells whether a page has a row of another page. */
export function hasRow({ rows }: ReadPage, row: FilingRow | undefined): boolean {
  return row !== undefined && indexOfRow(rows, row) >= 0;
}

/** Finds the last of the rows that are the same: EDGAR lists exact repeats one after the other. */
export function indexOfRow(rows: readonly FilingRow[], row: FilingRow): number {
  return rows.findLastIndex((other) => isSameRow(other, row));
}

export function isSameRow(one: FilingRow, other: FilingRow): boolean {
  return one === other || (one.accession === other.accession && rowKey(one) === rowKey(other));
}

/**
 * Tells whether two pages share a row at their seam, so that none can be missing between them. A page whose rows were
 * all refused has none to compare: it makes the crawl incomplete by itself.
 */
export function overlap(earlier: ReadPage, later: ReadPage): boolean {
  if (earlier.rows.length === 0 || later.rows.length === 0) return true;
  return hasRow(later, lastRow(earlier)) || hasRow(earlier, firstRow(later));
}
