import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { replies, type LlmBehaviour, type LlmRequest } from './replies.ts';

export type { LlmBehaviour, LlmRequest } from './replies.ts';

export interface LocalLlmOptions {
  /** Varies the answers. Default: 0. */
  readonly seed?: number;
  /** Before each reply. Default: 0. */
  readonly latencyMs?: number;
  /** Default: `answer` every request. A list is gone through in order, and then answers. */
  readonly behaviour?: LlmBehaviour | readonly LlmBehaviour[] | ((request: LlmRequest) => LlmBehaviour);
}

export interface LocalLlm extends AsyncDisposable {
  /** For `LLM_BASE_URL`. */
  readonly url: string;
  /** Every chat request so far, each attempt of a retried one. */
  readonly requests: readonly LlmRequest[];
  /** The most requests that were open at once. */
  readonly mostAtOnce: number;
  close(): Promise<void>;
}

/** An OpenAI-compatible endpoint on this machine: `POST /v1/chat/completions` with structured output. */
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
    const recorded = this.#record(request, body);
    if (this.#options.latencyMs) await delay(this.#options.latencyMs);
    replies[this.#behaviourFor(recorded)](response, recorded, this.#options.seed ?? 0);
  }

  #record(request: IncomingMessage, body: LlmRequest['body']): LlmRequest {
    const { model, messages } = body as Pick<LlmRequest, 'model' | 'messages'>;
    const recorded = { index: this.requests.length, headers: request.headers, model, messages, body };
    this.requests.push(recorded);
    return recorded;
  }

  #behaviourFor(request: LlmRequest): LlmBehaviour {
    const { behaviour = 'answer' } = this.#options;
    if (typeof behaviour === 'function') return behaviour(request);
    return typeof behaviour === 'string' ? behaviour : (behaviour[request.index] ?? 'answer');
  }
}
