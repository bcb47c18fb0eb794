import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

import { Random } from '../../local/random.ts';
import type { Delays } from './delays.ts';
import type { FeedGenerator } from './generator.ts';
import type { Payments } from './payments.ts';
import type { PollRecord } from './poll-record.ts';
import { FROM_HEADER, TERM_HEADER } from './protocol.ts';

/** Long enough that a lease has to be renewed before the answer arrives. In real milliseconds. */
const SLOW_MS = 1_300;

interface SourceOptions {
  readonly feed: FeedGenerator;
  readonly payments: Payments;
  readonly delays: Delays;
  readonly pollRecord: PollRecord;
  readonly seed: number;
}

/** Serves the feed, a mirror of it that anybody may read at any time, and the paid enrichment, and fails now and then. */
export class SourceServer {
  readonly url: string;
  /** Errors of the server itself. */
  readonly failures: unknown[] = [];
  readonly #http: Server;
  readonly #feed: FeedGenerator;
  readonly #payments: Payments;
  readonly #delays: Delays;
  readonly #pollRecord: PollRecord;
  readonly #random: Random;
  #failing = true;

  private constructor(http: Server, { feed, payments, delays, pollRecord, seed }: SourceOptions) {
    const { port } = http.address() as AddressInfo;
    this.url = `http://127.0.0.1:${port}`;
    this.#http = http;
    this.#feed = feed;
    this.#payments = payments;
    this.#delays = delays;
    this.#pollRecord = pollRecord;
    this.#random = new Random(seed ^ 0x5e11);
    http.on('request', (request: IncomingMessage, response: ServerResponse) => {
      this.#answer(request, response).catch((error: unknown) => {
        this.failures.push(error);
        response.destroy();
      });
    });
  }

  static async start(options: SourceOptions): Promise<SourceServer> {
    // By default the server may close a kept-alive connection at the moment in which a client uses it again.
    const http = createServer({ keepAliveTimeout: 600_000 }).listen(0, '127.0.0.1');
    await once(http, 'listening');
    return new SourceServer(http, options);
  }

  /** Ends the faults. */
  heal(): void {
    this.#failing = false;
  }

  async close(): Promise<void> {
    this.#http.close();
    this.#http.closeAllConnections();
    await once(this.#http, 'close');
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.url === '/feed') return this.#answerPoll(request, response);
    const id = /^\/enrich\/(.+)$/.exec(request.url ?? '')?.[1];
    if (id === undefined) return reply(response, 200, await this.#feed.list());
    if (this.#failing && this.#random.chance(0.06)) {
      this.#delays.enrichmentEnded(id);
      return reply(response, 500, { error: 'overloaded' });
    }
    await this.#payments.pay(id, String(request.headers[FROM_HEADER]));
    await delay(this.#failing && this.#random.chance(0.02) ? SLOW_MS : this.#random.between(1, 30));
    this.#delays.enrichmentEnded(id);
    return reply(response, 200, { summary: `summary of ${id}` });
  }

  async #answerPoll({ headers }: IncomingMessage, response: ServerResponse): Promise<void> {
    const term = Number(headers[TERM_HEADER]);
    this.#pollRecord.arrived(String(headers[FROM_HEADER]), term);
    const items = await this.#feed.list();
    this.#pollRecord.answered(term);
    return reply(response, 200, items);
  }
}

function reply(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
