import { EdgarTruncatedPageError, type EdgarPageError } from './errors.ts';
import type { FilingRow, RefusedRow } from './filing.ts';
import { decodePage } from './page/decode.ts';
import { isRefused, isRow, readEntry, type ReadEntry } from './page/entry.ts';
import { requireFeedRoot } from './page/root.ts';
import { splitPage } from './page/split.ts';
import { requireEmptyFeed } from './page/empty-feed.ts';

/** The rows of one page of the feed. */
export interface FeedPage {
  readonly rows: readonly FilingRow[];
  readonly refused: readonly RefusedRow[];
  /** The number of entries on the page: its rows and the refused ones. */
  readonly listed: number;
  /** Null for a whole page. For one that ends in the middle, the error that says so: its other entries are missing. */
  readonly defect: EdgarPageError | null;
}

/**
 * Reads one page of the "latest filings" Atom feed.
 *
 * A page without entries is a valid, empty page. Entries stand for themselves: whatever is wrong with one, the others
 * are read, and it is a row itself if its accession number can be found. Else it is in `refused`, with the reason.
 *
 * @param body The bytes as EDGAR sent them: ISO-8859-1, unless they are UTF-8 or the page declares another encoding.
 * @throws {EdgarPageError} in the subclass that says what the page is instead: an HTML page, a page that ends before
 *   its first entry does, other XML or none, XML with a document type.
 */
export function parsePage(body: Uint8Array): FeedPage {
  const { entries, defect } = openPage(body);
  return pageOf(entries.map(readEntry), defect);
}

/** A page whose entries nobody has read yet. */
export interface OpenedPage extends Pick<FeedPage, 'defect'> {
  readonly entries: readonly string[];
}

/** @throws {EdgarPageError} as `parsePage` does. */
export function openPage(body: Uint8Array): OpenedPage {
  const text = decodePage(body);
  requireFeedRoot(text);
  const { entries, isCutOff } = splitPage(text);
  if (entries.length === 0) requireEmptyFeed(text);
  return { entries, defect: isCutOff && entries.length > 0 ? cutOff(text, entries) : null };
}

export function pageOf(entries: readonly ReadEntry[], defect: EdgarPageError | null): FeedPage {
  return { rows: entries.filter(isRow), refused: entries.filter(isRefused), listed: entries.length, defect };
}

function cutOff(text: string, entries: readonly string[]): EdgarTruncatedPageError {
  const where = `after ${text.length} characters, with ${entries.length} whole entries`;
  return new EdgarTruncatedPageError(`The page ends in the middle, ${where}.`);
}
