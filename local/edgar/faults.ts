import type { ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { escapeXml } from './atom.ts';
import { errorPages } from './error-pages.ts';
import type { Lag } from './feed-source.ts';

/** A wrong answer in place of a page. */
type WrongAnswer =
  | 'malformed'
  | 'html'
  | 'empty'
  | 'blank'
  | 'short'
  | 'truncated'
  | 'huge'
  | 'zip-bomb'
  | 'entity-bomb'
  | 'no-accession'
  | 'hostile-titles'
  | 'error-500'
  | 'unavailable'
  | 'undeclared'
  | 'rate'
  | 'access-denied'
  | 'hang'
  | 'stall'
  | 'reset';

/** A sound page of a node that is behind the others. */
type LatePage = 'second-late' | 'poll-late';

export type Fault = WrongAnswer | LatePage;

const LAGS: Readonly<Record<LatePage, Lag>> = { 'second-late': 'a second', 'poll-late': 'a poll' };

/** Returns the lag of the node that answers with a sound page. */
export function lagOf(fault: LatePage): Lag {
  return LAGS[fault];
}

export function isLatePage(fault: Fault): fault is LatePage {
  return fault in LAGS;
}

/** Answers a request in place of the page, which is null past the end of the feed. */
type Answer = (response: ServerResponse, page: Uint8Array | null) => void;

/** The rows that are left on a page that is well-formed and has lost the others. */
const SHORT_ROWS = 40;

const HUGE_BYTES = 50_000_000;

/** Compressed, these are some tens of kilobytes. */
const ZIPPED_BYTES = 8_000_000;

const status =
  (code: number, body: string): Answer =>
  (response) =>
    void response.writeHead(code, { 'Content-Type': 'text/html; charset=utf-8' }).end(body);

const edited =
  (edit: (page: string) => string): Answer =>
  (response, page) => {
    const text = edit(Buffer.from(page ?? []).toString('latin1'));
    response.writeHead(200, { 'Content-Type': 'application/atom+xml' }).end(Buffer.from(text, 'latin1'));
  };

export const faultAnswers: Readonly<Record<WrongAnswer, Answer>> = {
  malformed: edited((page) => page.replace('</title>', '</titel>')),
  html: status(200, errorPages.maintenance),
  empty: status(
    200,
    '<?xml version="1.0" encoding="ISO-8859-1" ?>\n<feed><title>Latest Filings - No recent filings</title></feed>',
  ),
  blank: edited(() => ''),
  short: edited(
    (page) =>
      `${page
        .split('<entry>')
        .slice(0, SHORT_ROWS + 1)
        .join('<entry>')}</feed>`,
  ),
  truncated: edited((page) => page.slice(0, page.length / 2)),
  huge: (response, page) => streamHuge(response.writeHead(200), Buffer.from(page ?? [])),
  'zip-bomb': (response) =>
    void response.writeHead(200, { 'Content-Encoding': 'gzip' }).end(gzipSync(Buffer.alloc(ZIPPED_BYTES, '<feed>'))),
  'entity-bomb': edited((page) => page.replace('<feed', `${bomb()}<feed`).replace('</title>', '&lol9;</title>')),
  // With dashes in the id, the summary and the link, and without them in the link.
  'no-accession': edited((page) => page.replaceAll(/\b\d{10}-\d{2}-\d{6}\b|\b\d{18}\b/g, '')),
  'hostile-titles': edited(withHostileTitles),
  'error-500': status(500, errorPages.internal),
  unavailable: status(503, errorPages.unavailable),
  undeclared: status(403, errorPages.undeclared),
  rate: status(403, errorPages.rate),
  'access-denied': status(403, errorPages.accessDenied),
  hang: () => undefined,
  stall: (response, page) => void response.writeHead(200).write(Buffer.from(page ?? []).subarray(0, 500)),
  reset: (response) => void response.destroy(),
};

/** Sends chunk after chunk at the reader's pace, so that one that gives up early has not received it all. */
function streamHuge(response: ServerResponse, page: Buffer): void {
  const filler = Buffer.alloc(64 * 1024, '<!-- filler -->\n');
  let sent = 0;
  const send = (): void => {
    while (sent < HUGE_BYTES && !response.destroyed) {
      sent += filler.length;
      if (!response.write(filler)) return void response.once('drain', send);
    }
    response.end();
  };
  response.write(page.subarray(0, page.indexOf('<entry>')));
  send();
}

/** Writes the "billion laughs": ten lines that expand to gigabytes. */
function bomb(): string {
  const levels = Array.from({ length: 9 }, (_, level) => `<!ENTITY lol${level + 1} "${`&lol${level};`.repeat(10)}">`);
  return `<!DOCTYPE feed [<!ENTITY lol0 "lol">${levels.join('')}]>\n`;
}

/** Names that would ping, format, overflow or garble. */
export const HOSTILE_NAMES: readonly string[] = [
  '@everyone <@123456789012345678> @here',
  '**bold** [click](https://example.com) `code` ||spoiler|| # heading',
  'N'.repeat(10_000),
  'bell\u0007 null\u0000 escape\u001B[31m end',
  ' - ('.repeat(2500),
];

function withHostileTitles(page: string): string {
  let turn = 0;
  return page.replaceAll(
    /<title>([^<]*?) - [^<]*( \(\d{10}\) \([^)<]*\)<\/title>)/g,
    (_, form: string, tail: string) => {
      const name = HOSTILE_NAMES[turn % HOSTILE_NAMES.length] ?? '';
      turn += 1;
      return `<title>${form} - ${escapeXml(name)}${tail}`;
    },
  );
}
