import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { systemClock, type Clock } from '../clock.ts';
import { faultAnswers, type Fault } from './faults.ts';
import type { FeedSource } from './feed-source.ts';

/** One request that the local EDGAR has got. */
export interface EdgarRequest {
  readonly start: number;
  readonly count: number;
  readonly type: string;
  readonly userAgent: string;
  readonly acceptEncoding: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** 1 for the first request for this page, 2 for the next one … */
  readonly attempt: number;
}

export interface LocalEdgarOptions {
  readonly feed: FeedSource;
  /** Called for every request; what it returns is answered in place of the page. */
  readonly faults?: (request: EdgarRequest) => Fault | undefined;
  /** Requests in any one second above which the rate block page is sent. Default: no limit. */
  readonly requestsPerSecond?: number;
  /** Default: the machine's clock. */
  readonly clock?: Clock;
}

export interface LocalEdgar {
  readonly baseUrl: string;
  /** Every request, in order. */
  readonly requests: readonly EdgarRequest[];
  close(): Promise<void>;
}

const PATH = '/cgi-bin/browse-edgar';
const PAGE_SIZES: ReadonlySet<number> = new Set([10, 20, 40, 80, 100]);
const EMAIL = /[^\s@]+@[^\s@]+\.[^\s@]+/;

/** Starts an EDGAR on a free port of 127.0.0.1 that lists what `feed` says. */
export async function startLocalEdgar(options: LocalEdgarOptions): Promise<LocalEdgar> {
  const requests: EdgarRequest[] = [];
  const server = createServer((request, response) => handle(options, requests, request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    baseUrl: `http://127.0.0.1:${portOf(server.address())}`,
    requests,
    close: async () => {
      if (!server.listening) return;
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === 'string') throw new Error('The local EDGAR has no port.');
  return address.port;
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
  const page = options.feed.page(read);
  if (fault !== undefined) return faultAnswers[fault](response, page);
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

/** What the real EDGAR holds against a client. */
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
