import type { IncomingMessage, ServerResponse } from 'node:http';
import { ApiError, notFound, unauthorized } from '../api-error.ts';
import { type Fault, type FaultPlan, type IncomingRequest, takesEffect } from '../faults.ts';
import type { Services } from '../services.ts';
import { parseBody, readBytes, type RequestBody } from '../request-body.ts';
import { LoggedRequest } from './logged-request.ts';
import { checkParameters, findRoute, type Match, type Reply } from './router.ts';
import { routes } from './routes/index.ts';

const PREFIX = /^\/api(?:\/v\d+)?(?=\/)/;

/** Serves the REST API: reads a request, logs it, and answers it, unless the fault plan lets it go wrong. */
export class RestServer {
  readonly #services: Services;
  readonly requests: LoggedRequest[] = [];
  /** Errors inside the server itself: mistakes in the server or in a fault plan. */
  readonly failures: unknown[] = [];
  faults: FaultPlan | undefined;

  constructor(services: Services, faults: FaultPlan | undefined) {
    this.#services = services;
    this.faults = faults;
  }

  readonly listener = (request: IncomingMessage, response: ServerResponse): void => {
    this.#answer(request, response).catch((error: unknown) => {
      // If the client died while it sent the request, the request never arrived, and nothing failed here.
      if (request.complete) this.failures.push(error);
      response.destroy();
    });
  };

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const bytes = await readBytes(request);
    const incoming = describe(request);
    const body = await readable(parseBody(bytes, incoming.headers['content-type']));
    const { json, files } = body instanceof ApiError ? { json: bytes.toString('utf8'), files: [] } : body;
    const logged = new LoggedRequest({ ...incoming, body: json }, files, this.#services.clock.now());
    response.setHeader('date', new Date(logged.at).toUTCString());
    this.requests.push(logged);
    logged.fault = this.faults?.(logged);
    const reply = takesEffect(logged.fault) ? this.#reply(logged, body) : undefined;
    deliver(logged, reply, response);
    this.#services.changes.announce();
  }

  #reply(request: LoggedRequest, body: RequestBody | ApiError): Reply {
    try {
      const match = findRoute(routes, request.method, request.path);
      request.unhandled = !match;
      if (match?.route.needsAuth !== false) this.#authorize(request);
      if (!match) throw notFound();
      if (body instanceof ApiError) throw body;
      return this.#handle(match, request);
    } catch (error) {
      if (error instanceof ApiError) return { status: error.status, body: error.toJSON() };
      throw error;
    }
  }

  #authorize({ headers }: LoggedRequest): void {
    if (headers['authorization'] !== `Bot ${this.#services.directory.world.token}`) throw unauthorized();
  }

  #handle({ route, params }: Match, { query, body, files }: LoggedRequest): Reply {
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

/** Sends the reply of the route, or what the fault makes of it. */
function deliver(request: LoggedRequest, reply: Reply | undefined, response: ServerResponse): void {
  const { fault } = request;
  if (fault?.kind === 'timeout') return;
  if (fault?.kind === 'disconnect') {
    response.destroy();
    return;
  }
  const sent = fault ? faultyReply(fault) : (reply ?? { status: 500 });
  request.status = sent.status;
  request.response = sent.body;
  const usual = fault?.kind === 'status' ? {} : rateLimitHeaders(request);
  write(response, { ...sent, headers: { ...usual, ...sent.headers } });
}

function faultyReply(fault: Fault): Reply {
  if (fault.kind === 'status') return { status: fault.status, body: fault.body, headers: fault.headers ?? {} };
  const status = fault.kind === 'applied-then-500' ? (fault.status ?? 500) : 500;
  return { status, body: { code: 0, message: `${status}: Internal Server Error` } };
}

/** Reports a budget that is never used up, because clients would wait on the real clock. Faults can exhaust it. */
function rateLimitHeaders({ method, path, at }: LoggedRequest): Record<string, string> {
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

function write(response: ServerResponse, { status, body, headers }: Reply): void {
  if (body === undefined) {
    response.writeHead(status, headers).end();
    return;
  }
  const isText = typeof body === 'string';
  const type = isText ? 'text/html' : 'application/json';
  response.writeHead(status, { 'content-type': type, ...headers }).end(isText ? body : JSON.stringify(body));
}
