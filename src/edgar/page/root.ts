import { EdgarDoctypeError, EdgarHtmlPageError, EdgarMalformedPageError, EdgarTruncatedPageError } from '../errors.ts';

/**
 * Refuses what is no feed, by its first element. Blank lines, a byte order mark and comments may come before that.
 *
 * @throws {EdgarPageError} in the subclass that says what the page is instead.
 */
export function requireFeedRoot(text: string): void {
  if (!/\S/.test(text)) throw new EdgarTruncatedPageError('The page is empty: not even an XML declaration.');
  const start = text.slice(startOfRoot(text));
  if (/^<(?:!doctype\s+)?html\b/i.test(start)) {
    throw new EdgarHtmlPageError(`EDGAR sent an HTML page instead of the feed${titled(start)}.`);
  }
  if (start.startsWith('<!')) {
    throw new EdgarDoctypeError('The page declares a document type or entities, which the feed never does.');
  }
  const root = nameOfRoot(start);
  if (root === undefined) throw new EdgarMalformedPageError('The page is not well-formed XML: it has no root element.');
  if (isFeedName(root)) return;
  throw new EdgarMalformedPageError(`The page is not a feed: its root is <${root.slice(0, 40)}>.`);
}

/** Tells whether a page, or its beginning, is a feed by its first element, sound or not. */
export function hasFeedRoot(text: string): boolean {
  return isFeedName(nameOfRoot(text.slice(startOfRoot(text))));
}

function nameOfRoot(start: string): string | undefined {
  return /^<([^\s<>/]{1,100})/.exec(start)?.[1];
}

/** Leaves out a prefix: `atom:feed` is a feed, too. */
function isFeedName(root: string | undefined): boolean {
  return root?.split(':').at(-1) === 'feed';
}

/** Skips the XML declaration, processing instructions and comments. */
function startOfRoot(text: string): number {
  let at = text.indexOf('<');
  while (at !== -1) {
    const end = ENDS.find(([begin]) => text.startsWith(begin, at))?.[1];
    if (end === undefined) return at;
    const closed = text.indexOf(end, at);
    at = closed === -1 ? -1 : text.indexOf('<', closed);
  }
  return text.length;
}

const ENDS = [
  ['<?', '?>'],
  ['<!--', '-->'],
] as const;

function titled(html: string): string {
  const title = /<title>([^<]{1,100})/i.exec(html.slice(0, 2000))?.[1];
  return title === undefined ? '' : `: "${title.trim()}"`;
}
