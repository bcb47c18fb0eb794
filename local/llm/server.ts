import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { replies, type LlmBehaviour } from './replies.ts';
import { sendRaw, type LlmRequest, type RawReply } from './request.ts';

export { offering, type LlmBehaviour } from './replies.ts';
export type { LlmRequest, RawReply } from './request.ts';

export interface LocalLlmOptions {
  /** A number that varies the answers. Default: 0. */
  readonly seed?: number;
  /** Milliseconds before each reply. Default: 0. */
  readonly latencyMs?: number;
  /**
   * The replies: the same for all, a list for the first ones, or a function, such as `offering` makes for an endpoint that
   * lacks something. Default: `answer`, as after a list.
   */
  readonly behaviour?: LlmBehaviour | readonly LlmBehaviour[] | ((request: LlmRequest) => LlmBehaviour | RawReply);
}

export interface LocalLlm extends AsyncDisposable {
  /** The base address for an OpenAI client, and for `LLM_BASE_URL`. */
  readonly url: string;
  /** Every chat request so far, retries included. */
  readonly requests: readonly LlmRequest[];
  /** The highest number of requests that were open at once. */
  readonly mostAtOnce: number;
  /** Ends every connection, hanging ones included, and frees the port. A second call does nothing. */
  close(): Promise<void>;
}

/**
 * Starts an OpenAI-compatible endpoint on a free port of 127.0.0.1: `POST /v1/chat/completions` with structured output.
 *
 * @example
 * await using llm = await startLocalLlm({ behaviour: ['rate-limit', 'answer'] });
 * const client = new OpenAI({ baseURL: llm.url, apiKey: 'any' });
 */
export async function startLocalLlm(options: LocalLlmOptions = {}): Promise<LocalLlm> {
  const endpoint = new Endpoint(options);
  const server = createServer((request, response) => endpoint.handle(request, response));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return {
    url: `http://127.0.0.1:${port}/v1`,
    requests: endpoint.requests,
    get mostAtOnce() {
      return endpoint.mostAtOnce;
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

class Endpoint {
  readonly requests: LlmRequest[] = [];
  mostAtOnce = 0;
  readonly #options: LocalLlmOptions;
  #open = 0;

  constructor(options: LocalLlmOptions) {
    this.#options = options;
  }

  handle(request: IncomingMessage, response: ServerResponse): void {
    this.mostAtOnce = Math.max(this.mostAtOnce, ++this.#open);
    response.once('close', () => this.#open--);
    this.#reply(request, response).catch((error: unknown) => {
      response.writeHead(400).end(String(error));
    });
  }

  async #reply(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = JSON.parse((await text(request)) || '{}') as LlmRequest['body'];
    if (request.method !== 'POST' || request.url !== '/v1/chat/completions') {
      response
        .writeHead(404, { 'content-type': 'application/json' })
        .end('{"error":{"message":"Unknown request URL"}}');
      return;
    }
    const logged = this.#log(request, body);
    if (this.#options.latencyMs) await delay(this.#options.latencyMs);
    const behaviour = this.#behaviourFor(logged);
    if (typeof behaviour === 'object') sendRaw(response, behaviour);
    else replies[behaviour](response, logged, this.#options.seed ?? 0);
  }

  #log(request: IncomingMessage, body: LlmRequest['body']): LlmRequest {
    const { model, messages } = body as Pick<LlmRequest, 'model' | 'messages'>;
    const logged = { index: this.requests.length, headers: request.headers, model, messages, body };
    this.requests.push(logged);
    return logged;
  }

  #behaviourFor(request: LlmRequest): LlmBehaviour | RawReply {
    const { behaviour = 'answer' } = this.#options;
    if (typeof behaviour === 'function') return behaviour(request);
    return typeof behaviour === 'string' ? behaviour : (behaviour[request.index] ?? 'answer');
  }
}
