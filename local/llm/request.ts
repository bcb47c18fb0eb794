import type { IncomingHttpHeaders, ServerResponse } from 'node:http';

export interface LlmRequest {
  /** The number of requests before this one. */
  readonly index: number;
  readonly headers: IncomingHttpHeaders;
  readonly model: string;
  readonly messages: readonly { readonly role: string; readonly content: string }[];
  /** The whole body of the request. */
  readonly body: Readonly<Record<string, unknown>>;
}

/** Answers a request, or fails in the way of some endpoint. */
export type Reply = (response: ServerResponse, request: LlmRequest, seed: number) => void;

/** A reply in full, for what none of the named ones does. */
export interface RawReply {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** A text, or a value that is sent as JSON. */
  readonly body: unknown;
}

/** Sends a value as JSON. */
export function sendJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}

/** Sends a reply as it is given; without a Content-Type where it names none. */
export function sendRaw(response: ServerResponse, { status = 200, headers = {}, body }: RawReply): void {
  response.writeHead(status, { ...headers }).end(typeof body === 'string' ? body : JSON.stringify(body));
}
