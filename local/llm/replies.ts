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

/** A reply of the local endpoint: `answer`, or a fault of a kind that real endpoints show. */
export type LlmBehaviour = keyof typeof replies;

type Reply = (response: ServerResponse, request: LlmRequest, seed: number) => void;

const json = (response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}): void => {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
};

// The SDK waits as long as the endpoint says, which spares tests half a second for each retry.
const SOON = { 'retry-after-ms': '1' };

const failure =
  (status: number, message: string, code: string | null = null): Reply =>
  (response) =>
    json(response, status, { error: { message, type: 'error', param: null, code } }, SOON);

const completion = (request: LlmRequest, message: object, finishReason = 'stop'): object => ({
  id: `chatcmpl-${request.index}`,
  object: 'chat.completion',
  created: 1_700_000_000,
  model: request.model,
  choices: [{ index: 0, logprobs: null, finish_reason: finishReason, message: { role: 'assistant', ...message } }],
  usage: { prompt_tokens: 200, completion_tokens: 50, total_tokens: 250 },
});

const says =
  (content: string | null, finishReason?: string): Reply =>
  (response, request) =>
    json(response, 200, completion(request, { content, refusal: null }, finishReason));

export const replies = {
  answer: (response, request, seed) => says(JSON.stringify(answerTo(request, seed)))(response, request, seed),
  'rate-limit': failure(429, 'Rate limit reached', 'rate_limit_exceeded'),
  'server-error': failure(500, 'The server had an error'),
  unauthorized: failure(401, 'Incorrect API key provided: sk-ab…yz', 'invalid_api_key'),
  'unknown-model': failure(404, 'The model does not exist', 'model_not_found'),
  'no-structured-output': failure(400, "Invalid parameter: 'response_format' of type 'json_schema' is not supported"),
  'bad-request': failure(400, 'Something else is wrong'),
  'content-filter': failure(400, 'The prompt was filtered', 'content_filter'),
  'invalid-json': says('Sure! Here is the summary: {"headline":'),
  'wrong-shape': says(JSON.stringify({ title: 'no headline' })),
  empty: says(''),
  nothing: says(null),
  blank: says(JSON.stringify({ headline: ' \u200b', body: '', points: [] })),
  truncated: says('{"headline":"8-K: ACME', 'length'),
  filtered: says('', 'content_filter'),
  'too-long': says(
    JSON.stringify({ headline: 'h'.repeat(9e4), body: 'b '.repeat(9e4), points: Array(99).fill('p'.repeat(9e4)) }),
  ),
  refusal: (response, request) =>
    json(response, 200, completion(request, { content: null, refusal: 'I cannot help with that.' })),
  'no-choices': (response, request) => json(response, 200, { ...completion(request, {}), choices: [] }),
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

const OPENINGS = ['In short', 'At a glance', 'What happened', 'The news'] as const;

/** Answers the same for the same seed and the same filing. */
function answerTo({ messages }: LlmRequest, seed: number): object {
  const facts: unknown = JSON.parse(messages.findLast(({ role }) => role === 'user')?.content ?? '{}');
  const { form, formInWords, parties } = facts as {
    readonly form?: string;
    readonly formInWords?: string;
    readonly parties?: readonly { readonly name: string; readonly role: string }[];
  };
  const name = parties?.[0]?.name ?? 'Somebody';
  const opening = OPENINGS[(seed + name.length) % OPENINGS.length];
  return {
    headline: `${opening}: ${name} filed ${form ?? 'a filing'}`,
    body: `${name} filed with the SEC: ${formInWords ?? 'a filing'}.`,
    points: parties?.slice(1, 4).map((party) => `Also named: ${party.name} (${party.role})`) ?? [],
  };
}
