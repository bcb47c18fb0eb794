import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { systemClock, type Clock } from '../clock.ts';
import { faultAnswers, isLatePage, lagOf, type Fault } from './faults.ts';
import type { FeedSource } from './feed-source.ts';

/** A request for a page, as the local EDGAR understood it. */
export interface EdgarRequest {
  readonly start: number;
  readonly count: number;
  readonly type: string;
  readonly userAgent: string;
  readonly acceptEncoding: string;
  /** The time of its arrival, in milliseconds since the epoch. */
  readonly at: number;
  /** Counts the requests for this page, from 1. */
  readonly attempt: number;
}

export interface LocalEdgarOptions {
  /** The source of the pages. */
  readonly feed: FeedSource;
  /** Called for every request; a fault that it returns is answered in place of the page. Default: none. */
  readonly faults?: (request: EdgarRequest) => Fault | undefined;
  /** The most requests in any one second before the rate block page is sent. Default: no limit. */
  readonly requestsPerSecond?: number;
  /** Default: the machine's clock. */
  readonly clock?: Clock;
}

export interface LocalEdgar extends AsyncDisposable {
  /** The address for `EdgarClient`'s option `baseUrl`. */
  readonly baseUrl: string;
  /** Every request, in order. */
  readonly requests: readonly EdgarRequest[];
  /** Ends every connection, hanging ones included, and frees the port. A second call does nothing. */
  close(): Promise<void>;
}

const PATH = '/cgi-bin/browse-edgar';
const PAGE_SIZES: ReadonlySet<number> = new Set([10, 20, 40, 80, 100]);
const EMAIL = /[^\s@]+@[^\s@]+\.[^\s@]+/;

/**
 * Starts an EDGAR on a free port of 127.0.0.1 that serves the current-filings feed, `/cgi-bin/browse-edgar`.
 *
 * @example
 * await using edgar = await startLocalEdgar({ feed: generatedFeed({ seed: 7 }) });
 * const response = await fetch(`${edgar.baseUrl}/cgi-bin/browse-edgar?action=getcurrent&count=100`, {
 *   headers: { 'User-Agent': 'Example Company contact@example.com' },
 * });
 */
export async function startLocalEdgar(options: LocalEdgarOptions): Promise<LocalEdgar> {
  const requests: EdgarRequest[] = [];
  const server = createServer((request, response) => handle(options, requests, request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const close = (): Promise<void> => closeServer(server);
  return { baseUrl: `http://127.0.0.1:${port}`, requests, close, [Symbol.asyncDispose]: close };
}

async function closeServer(server: Server): Promise<void> {
  if (!server.listening) return;
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
}

function handle(
  options: LocalEdgarOptions,
  requests: EdgarRequest[],
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const url = new URL(request.url ?? '/', 'http://127.0.0.1');
  if (url.pathname !== PATH) return void response.writeHead(404).end('Not found');
  const read = readRequest(url, request, requests, (options.clock ?? systemClock).now());
  requests.push(read);
  const fault = options.faults?.(read) ?? refusal(options, requests, read);
  if (fault !== undefined && !isLatePage(fault)) return faultAnswers[fault](response, options.feed.page(read));
  const page = options.feed.page(fault === undefined ? read : { ...read, lag: lagOf(fault) });
  if (page === null) return faultAnswers.unavailable(response, page);
  sendPage(response, page, read.acceptEncoding);
}

function readRequest(
  { searchParams }: URL,
  { headers }: IncomingMessage,
  earlier: readonly EdgarRequest[],
  at: number,
): EdgarRequest {
  const wanted = Number(searchParams.get('count') ?? 40);
  const count = PAGE_SIZES.has(wanted) ? wanted : 40;
  const start = Math.max(0, Number(searchParams.get('start') ?? 0) || 0);
  return {
    start,
    count,
    type: searchParams.get('type') ?? '',
    userAgent: headers['user-agent'] ?? '',
    acceptEncoding: headers['accept-encoding'] ?? '',
    at,
    attempt: earlier.filter((other) => other.start === start).length + 1,
  };
}

/** Refuses clients as the real EDGAR does: those without an e-mail address, and those that ask too often. */
function refusal(
  { requestsPerSecond = Infinity }: LocalEdgarOptions,
  requests: readonly EdgarRequest[],
  last: EdgarRequest,
): Fault | undefined {
  if (!EMAIL.test(last.userAgent)) return 'undeclared';
  const recent = requests.filter(({ at }) => at > last.at - 1000);
  return recent.length > requestsPerSecond ? 'rate' : undefined;
}

function sendPage(response: ServerResponse, page: Uint8Array, acceptEncoding: string): void {
  const headers = { 'Content-Type': 'application/atom+xml', 'Cache-Control': 'no-cache' };
  if (!/\bgzip\b/.test(acceptEncoding)) return void response.writeHead(200, headers).end(page);
  response.writeHead(200, { ...headers, 'Content-Encoding': 'gzip' }).end(gzipSync(page));
}
