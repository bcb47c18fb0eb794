import { sendJson, type LlmRequest, type Reply } from './request.ts';

/** The tokens that every completion says it cost. */
const USAGE = { prompt_tokens: 200, completion_tokens: 50, total_tokens: 250 };

/** Makes a completion with the given message. */
function completion(request: Pick<LlmRequest, 'index' | 'model'>, message: object, finishReason = 'stop') {
  return {
    id: `chatcmpl-${request.index}`,
    object: 'chat.completion',
    created: 1_700_000_000,
    model: request.model,
    choices: [{ index: 0, logprobs: null, finish_reason: finishReason, message: { role: 'assistant', ...message } }],
    usage: USAGE,
  };
}

const says =
  (content: unknown, finishReason?: string): Reply =>
  (response, request) =>
    sendJson(response, 200, completion(request, { content, refusal: null }, finishReason));

/** Answers that hold the right summary in another form than was asked for. */
const inAnotherForm =
  (write: (json: string) => object): Reply =>
  (response, request, seed) =>
    sendJson(response, 200, completion(request, write(JSON.stringify(answerTo(request, seed)))));

/** Replies with status 200. */
export const answers = {
  /** JSON of the shape that was asked for. */
  answer: (response, request, seed) => says(JSON.stringify(answerTo(request, seed)))(response, request, seed),
  /** A model that thinks aloud first. */
  thinking: inAnotherForm((json) => ({ content: `<think>\nA form {so}.\n</think>\n\n${json}` })),
  /** A chat model that ignores the format. */
  chatty: inAnotherForm((json) => ({ content: `Sure, here it is:\n\n\`\`\`json\n${json}\n\`\`\`\nAnything else?` })),
  /** Several parts, one of which is no text. */
  parts: inAnotherForm((json) => ({
    content: [
      { type: 'thinking', thinking: '…' },
      { type: 'text', text: json },
    ],
  })),
  /** A tool call that nobody asked for. */
  'tool-call': inAnotherForm((json) => ({
    content: null,
    tool_calls: [{ id: 'call_1', type: 'function', function: { name: 'filing_summary', arguments: json } }],
  })),
  /** A server that takes the whole answer for reasoning. */
  'only-reasoning': inAnotherForm((json) => ({ content: '', reasoning_content: json })),
  /** A server that streams although nobody asked it to. */
  stream: (response, request, seed) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    for (const piece of JSON.stringify(answerTo(request, seed)).match(/.{1,20}/gs) ?? []) {
      response.write(`data: ${JSON.stringify({ choices: [{ index: 0, delta: { content: piece } }] })}\n\n`);
    }
    // It stays open, as some do.
    response.write('data: [DONE]\n\n');
  },
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
  /** More than any answer has. */
  huge: (response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end(' '.repeat(20_000_000));
  },
  refusal: (response, request) =>
    sendJson(response, 200, completion(request, { content: null, refusal: 'I cannot help with that.' })),
  'no-choices': (response, request) => sendJson(response, 200, { ...completion(request, {}), choices: [] }),
} satisfies Record<string, Reply>;

const OPENINGS = ['In short', 'At a glance', 'What happened', 'The news'] as const;

/** Answers the same for the same seed and the same filing, whose facts are the last line of the last message. */
function answerTo({ messages }: LlmRequest, seed: number): object {
  const facts: unknown = JSON.parse(messages.at(-1)?.content.split('\n').at(-1) ?? '{}');
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
