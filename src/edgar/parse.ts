import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { reasonOf } from '../store/errors.ts';
import { decodePage } from './decode.ts';
import { EdgarDoctypeError, EdgarHtmlPageError, EdgarMalformedPageError, EdgarTruncatedPageError } from './errors.ts';
import type { FilingRow, RefusedRow } from './filing.ts';
import { isRecord } from './record.ts';
import { readRow } from './row.ts';

/** What one page of the feed holds. */
export interface FeedPage {
  readonly rows: readonly FilingRow[];
  readonly refused: readonly RefusedRow[];
}

const REPEATABLE: ReadonlySet<string> = new Set(['entry', 'link', 'category']);

const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  // Every value is text: "007" must not become 7.
  parseTagValue: false,
  // Without it `&#233;` stays as it is.
  htmlEntities: true,
  isArray: (name) => REPEATABLE.has(name),
});

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
  const text = decodePage(body);
  refuseOtherPages(text);
  const rows: FilingRow[] = [];
  const refused: RefusedRow[] = [];
  for (const entry of entriesOf(text)) {
    const read = readRow(entry);
    if ('reason' in read) refused.push(read);
    else rows.push(read);
  }
  return { rows, refused };
}

/** Told apart before parsing: entities are a danger to the parser, and HTML would parse into a feed without entries. */
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
  if (!isRecord(document) || !('feed' in document)) throw notAFeed(document);
  const { feed } = document;
  return isRecord(feed) && Array.isArray(feed['entry']) ? feed['entry'] : [];
}

function notAFeed(document: unknown): EdgarMalformedPageError {
  const names = isRecord(document) ? Object.keys(document) : [];
  const root = names.find((name) => !name.startsWith('?')) ?? 'nothing';
  return new EdgarMalformedPageError(`The page is not a feed: its root is <${root.slice(0, 40)}>.`);
}

function parseXml(text: string): unknown {
  try {
    const verdict = XMLValidator.validate(text);
    if (verdict !== true) throw new Error(`line ${verdict.err.line}: ${verdict.err.msg.slice(0, 200)}`);
    return parser.parse(text);
  } catch (cause) {
    if (/<feed\b/.test(text) && !/<\/feed\s*>\s*$/.test(text.slice(-100))) throw truncated(text, cause);
    const detail = reasonOf(cause);
    throw new EdgarMalformedPageError(`The page is not well-formed XML: ${detail}`, { cause });
  }
}

function truncated(text: string, cause: unknown): EdgarTruncatedPageError {
  return new EdgarTruncatedPageError(`The page ends in the middle, after ${text.length} characters.`, { cause });
}
