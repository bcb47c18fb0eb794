import { setImmediate as nextTurn } from 'node:timers/promises';

import { decodePage } from './decode.ts';
import { EdgarDoctypeError, EdgarHtmlPageError, EdgarMalformedPageError, EdgarTruncatedPageError } from './errors.ts';
import type { FilingRow, RefusedRow } from './filing.ts';
import { readRow } from './row.ts';
import { fieldOf, parseXml, requireWellFormed } from './xml.ts';

/** The rows of one page of the feed. */
export interface FeedPage {
  readonly rows: readonly FilingRow[];
  readonly refused: readonly RefusedRow[];
}

/**
 * Reads one page of the "latest filings" Atom feed.
 *
 * A page without entries is a valid, empty page. A row that cannot be used is in `refused`, with the reason.
 *
 * @param body The bytes as EDGAR sent them: ISO-8859-1, unless the XML declaration names another encoding.
 * @throws {EdgarPageError} in the subclass that says what the page is instead: an HTML page, truncated, malformed XML,
 *   XML with a document type.
 */
export function parsePage(body: Uint8Array): FeedPage {
  return readRows(entriesOf(checkedText(body)));
}

/** Parses a page as `parsePage` does, in three turns of the event loop: fifty pages in a row would hold up a bot. */
export async function parsePageInTurns(body: Uint8Array): Promise<FeedPage> {
  const text = checkedText(body);
  await nextTurn();
  const entries = entriesOf(text);
  await nextTurn();
  return readRows(entries);
}

function checkedText(body: Uint8Array): string {
  const text = decodePage(body);
  refuseOtherPages(text);
  requireWellFormed(text);
  return text;
}

function readRows(entries: readonly unknown[]): FeedPage {
  const rows: FilingRow[] = [];
  const refused: RefusedRow[] = [];
  for (const entry of entries) {
    const read = readRow(entry);
    if ('reason' in read) refused.push(read);
    else rows.push(read);
  }
  return { rows, refused };
}

/** Refuses what must not reach the parser: entities endanger it, and HTML would parse into a feed without entries. */
function refuseOtherPages(text: string): void {
  const start = text.slice(0, 1000).trimStart();
  if (start === '') throw new EdgarTruncatedPageError('The page is empty: not even an XML declaration.');
  if (/^(?:<\?xml[^>]*>\s*)?<(?:!doctype\s+)?html\b/i.test(start)) {
    throw new EdgarHtmlPageError(`EDGAR sent an HTML page instead of the feed${titled(start)}.`);
  }
  if (/<!(?:doctype|entity)/i.test(text)) {
    throw new EdgarDoctypeError('The page declares a document type or entities, which the feed never does.');
  }
}

function titled(html: string): string {
  const title = /<title>([^<]{1,100})/i.exec(html)?.[1];
  return title === undefined ? '' : `: "${title.trim()}"`;
}

function entriesOf(text: string): readonly unknown[] {
  const document = parseXml(text);
  if (!('feed' in document)) throw notAFeed(document);
  const entries = fieldOf(document.feed, 'entry');
  return Array.isArray(entries) ? entries : [];
}

function notAFeed(document: object): EdgarMalformedPageError {
  const root = Object.keys(document).find((name) => !name.startsWith('?')) ?? 'nothing';
  return new EdgarMalformedPageError(`The page is not a feed: its root is <${root.slice(0, 40)}>.`);
}
