import type { IncomingMessage, ServerResponse } from 'node:http';
import { ApiError, notFound, unauthorized } from './api-error.ts';
import { parseBody, readBytes, type RequestBody } from './body.ts';
import { type Fault, type FaultPlan, type IncomingRequest, takesEffect } from './faults.ts';
import { RecordedRequest } from './record.ts';
import { checkParameters, findRoute, type Match, type Reply } from './rest/router.ts';
import { routes } from './rest/routes.ts';
import type { Services } from './services.ts';

const PREFIX = /^\/api(?:\/v\d+)?(?=\/)/;

/** The REST side: reads a request, records it, lets it go wrong if the fault plan says so, and answers it. */
export class RestServer {
  readonly #services: Services;
  readonly requests: RecordedRequest[] = [];
  /** What went wrong inside the server itself. Anything here is a mistake in the server or in a fault plan. */
  readonly failures: unknown[] = [];
  faults: FaultPlan | undefined;

  constructor(services: Services, faults: FaultPlan | undefined) {
    this.#services = services;
    this.faults = faults;
  }

  readonly listener = (request: IncomingMessage, response: ServerResponse): void => {
    this.#answer(request, response).catch((error: unknown) => {
      // A client that was killed while it sent its request is nobody's mistake, and the request never arrived.
      if (request.complete) this.failures.push(error);
      response.destroy();
    });
  };

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const bytes = await readBytes(request);
    const incoming = describe(request);
    const body = await readable(parseBody(bytes, incoming.headers['content-type']));
    const { json, files } = body instanceof ApiError ? { json: bytes.toString('utf8'), files: [] } : body;
    const record = new RecordedRequest({ ...incoming, body: json }, files, this.#services.clock.now());
    this.requests.push(record);
    record.fault = this.faults?.(record);
    const reply = takesEffect(record.fault) ? this.#reply(record, body) : undefined;
    deliver(record, reply, response);
    this.#services.changes.announce();
  }

  #reply(record: RecordedRequest, body: RequestBody | ApiError): Reply {
    try {
      const match = findRoute(routes, record.method, record.path);
      record.unhandled = !match;
      if (match?.route.needsAuth !== false) this.#authorize(record);
      if (!match) throw notFound();
      if (body instanceof ApiError) throw body;
      return this.#handle(match, record);
    } catch (error) {
      if (error instanceof ApiError) return { status: error.status, body: error.toJSON() };
      throw error;
    }
  }

  #authorize({ headers }: RecordedRequest): void {
    if (headers['authorization'] !== `Bot ${this.#services.directory.world.token}`) throw unauthorized();
  }

  #handle({ route, params }: Match, { query, body, files }: RecordedRequest): Reply {
    checkParameters(params);
    return route.handle(this.#services, { params, query, body, files });
  }
}

function describe(request: IncomingMessage): Omit<IncomingRequest, 'body'> {
  const url = new URL(request.url ?? '/', 'http://localhost');
  const headers = Object.entries(request.headers).map(([name, value]) => [name, String(value)] as const);
  return {
    method: request.method ?? 'GET',
    path: url.pathname.replace(PREFIX, '').replaceAll('%40', '@'),
    query: Object.fromEntries(url.searchParams),
    headers: Object.fromEntries(headers),
  };
}

async function readable(parsed: Promise<RequestBody>): Promise<RequestBody | ApiError> {
  try {
    return await parsed;
  } catch (error) {
    if (error instanceof ApiError) return error;
    throw error;
  }
}

/** Sends what the route answered, or what the fault makes of it. */
function deliver(record: RecordedRequest, reply: Reply | undefined, response: ServerResponse): void {
  const { fault } = record;
  if (fault?.kind === 'timeout') return;
  if (fault?.kind === 'disconnect') {
    response.destroy();
    return;
  }
  const sent = fault ? faultyReply(fault) : (reply ?? { status: 500 });
  record.status = sent.status;
  record.response = sent.body;
  const headers = fault?.kind === 'status' ? (fault.headers ?? {}) : rateLimitHeaders(record);
  write(response, sent, headers);
}

function faultyReply(fault: Fault): Reply {
  if (fault.kind === 'status') return { status: fault.status, body: fault.body };
  const status = fault.kind === 'applied-then-500' ? (fault.status ?? 500) : 500;
  return { status, body: { code: 0, message: `${status}: Internal Server Error` } };
}

/** A budget that is never used up: waiting for it would be waiting on the real clock. Exhaustion is a fault's affair. */
function rateLimitHeaders({ method, path, at }: RecordedRequest): Record<string, string> {
  return {
    'x-ratelimit-limit': '50',
    'x-ratelimit-remaining': '49',
    'x-ratelimit-reset': String((at + 1000) / 1000),
    'x-ratelimit-reset-after': '1',
    'x-ratelimit-bucket': Buffer.from(`${method} ${path.replaceAll(/\d+/g, '0')}`)
      .toString('base64url')
      .slice(0, 32),
  };
}

function write(response: ServerResponse, { status, body }: Reply, headers: Readonly<Record<string, string>>): void {
  if (body === undefined) {
    response.writeHead(status, headers).end();
    return;
  }
  const isText = typeof body === 'string';
  const type = isText ? 'text/html' : 'application/json';
  response.writeHead(status, { 'content-type': type, ...headers }).end(isText ? body : JSON.stringify(body));
}
