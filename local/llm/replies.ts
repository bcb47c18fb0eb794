import { answers } from './answers.ts';
import { refusals } from './refusals.ts';
import type { LlmRequest, Reply } from './request.ts';

/** A reply of the local endpoint: `answer`, or one of a kind that real endpoints show. */
export type LlmBehaviour = keyof typeof replies;

export const replies = {
  ...answers,
  ...refusals,
  html: (response) => {
    response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>Sign in</title>');
  },
  drop: (response) => {
    response.destroy();
  },
  hang: () => undefined,
  stall: (response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).write('{"id":"chatcmpl-');
  },
} satisfies Record<string, Reply>;

/** The features of an endpoint. */
export interface Offer {
  /** The response formats that it takes; `text` stands for a request that names none. Default: all. */
  readonly formats?: readonly ('json_schema' | 'json_object' | 'text')[];
  /** Default: true. */
  readonly systemRole?: boolean;
  /** A limit on the answer's length that each request must name. Default: none. */
  readonly limit?: 'max_tokens' | 'max_completion_tokens';
}

/** The behaviour of an endpoint that refuses what it does not offer, and answers everything else. */
export function offering({ formats, systemRole = true, limit }: Offer): (request: LlmRequest) => LlmBehaviour {
  return ({ body, messages }) => {
    const { response_format: format } = body as { readonly response_format?: { readonly type: string } };
    const type = format?.type ?? 'text';
    if (formats !== undefined && !formats.some((offered) => offered === type)) return 'no-structured-output';
    if (!systemRole && messages.some(({ role }) => role === 'system')) return 'no-system-role';
    return limit === undefined || limit in body ? 'answer' : 'limit-required';
  };
}
