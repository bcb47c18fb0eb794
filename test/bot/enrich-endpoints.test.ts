import { describe, expect, it } from 'vitest';

import { offering, type LlmBehaviour, type LlmRequest, type RawReply } from '../../local/llm/server.ts';
import { createEnricher } from '../../src/bot/enrich/enricher.ts';
import { explainNoReply } from '../../src/bot/enrich/endpoint/explain.ts';
import { EnrichmentError } from '../../src/bot/enrich/errors.ts';
import { faultOf } from '../../src/bot/enrich/endpoint/fault.ts';
import { readRefusal } from '../../src/bot/enrich/endpoint/refusal.ts';
import { tokensIn } from '../../src/bot/enrich/endpoint/tokens.ts';
import { enricherOn, failureOf, type EnricherOnEndpoint } from '../support/enricher-on-endpoint.ts';
import { filing } from '../support/filings.ts';
import { RecordingLogger } from '../support/recording-logger.ts';

const never = new AbortController().signal;

/** The features that the requests used, one line each. */
function featuresOf({ server }: EnricherOnEndpoint): string[] {
  return server.requests.map(({ body, messages }) => {
    const { response_format: format } = body as { readonly response_format?: { readonly type: string } };
    const limits = ['max_tokens', 'max_completion_tokens'].filter((name) => name in body);
    return [format?.type ?? 'text', messages.map(({ role }) => role).join('+'), ...limits].join(' ');
  });
}

describe('an endpoint that lacks something', () => {
  it.each([
    ['json_schema', { formats: ['json_object', 'text'] }, ['json_schema system+user', 'json_object system+user']],
    ['json_object', { formats: ['json_schema', 'text'] }, ['json_schema system+user']],
    ['formats', { formats: ['text'] }, ['json_schema system+user', 'json_object system+user', 'text system+user']],
    ['the system role', { systemRole: false }, ['json_schema system+user', 'json_schema user']],
    [
      'formats and the system role',
      { formats: ['text'], systemRole: false },
      ['json_schema system+user', 'json_object system+user', 'text system+user', 'text user'],
    ],
    ['a default length', { limit: 'max_tokens' }, ['json_schema system+user', 'json_schema system+user max_tokens']],
    [
      'a default length, under the newer name',
      { limit: 'max_completion_tokens' },
      [
        'json_schema system+user',
        'json_schema system+user max_tokens',
        'json_schema system+user max_completion_tokens',
      ],
    ],
  ] as const)('(%s) is asked again without it, and from then on at once', async (_, offer, asked) => {
    await using bot = await enricherOn({ behaviour: offering(offer) });
    expect(await bot.enrich(filing(), never)).toMatchObject({ source: 'llm' });
    expect(featuresOf(bot)).toEqual(asked);
    expect(await bot.enrich(filing(), never)).toMatchObject({ source: 'llm' });
    expect(featuresOf(bot).slice(asked.length)).toEqual(asked.slice(-1));
    expect(bot.logger.lines).toEqual([]);
  });

  it('is asked for everything again once nothing works any more', async () => {
    let behaviour = offering({ formats: ['text'] });
    await using bot = await enricherOn({ behaviour: (request) => behaviour(request) });
    await bot.enrich(filing(), never);
    behaviour = () => 'bad-request';
    await failureOf(bot.enrich(filing(), never));
    behaviour = () => 'answer';
    await bot.enrich(filing(), never);
    expect(featuresOf(bot).at(-1)).toBe('json_schema system+user');
  });

  it('is asked in words for JSON in any case', async () => {
    await using bot = await enricherOn({ behaviour: offering({ formats: ['text'], systemRole: false }) });
    await bot.enrich(filing(), never);
    for (const { messages } of bot.server.requests) expect(messages[0]?.content).toContain('one JSON object');
  });

  it('is not asked for ever: what refuses a format that is not asked for is told once, and the filing posted plain', async () => {
    await using bot = await enricherOn({ behaviour: 'no-structured-output' });
    expect(await bot.enrich(filing(), never)).toMatchObject({ source: 'filing' });
    expect(featuresOf(bot)).toEqual(['json_schema system+user', 'json_object system+user', 'text system+user']);
    expect(bot.logger.of('llm_answer_unusable')).toMatchObject([
      { fields: { error: { message: expect.stringMatching(/no structured output with small.*LLM_MODEL/) } } },
    ]);
  });

  it('is asked again without a feature that a failing server names', async () => {
    const refusal = { status: 500, body: { error: { message: 'Jinja exception: System role not supported' } } };
    const behaviour = ({ messages }: LlmRequest): LlmBehaviour | RawReply => (messages.length > 1 ? refusal : 'answer');
    await using bot = await enricherOn({ behaviour });
    expect(await bot.enrich(filing(), never)).toMatchObject({ source: 'llm' });
    expect(bot.server.requests).toHaveLength(2);
  });

  it('is asked for everything again after one that only a failing server refused', async () => {
    const behaviour = ({ index }: LlmRequest): LlmBehaviour | RawReply =>
      index === 0 ? { status: 500, body: { error: 'The grammar backend crashed' } } : 'answer';
    await using bot = await enricherOn({ behaviour });
    for (const _ of [1, 2]) expect(await bot.enrich(filing(), never)).toMatchObject({ source: 'llm' });
    expect(featuresOf(bot).map((used) => used.split(' ')[0])).toEqual(['json_schema', 'json_object', 'json_schema']);
  });
});

describe('an answer in another form', () => {
  it.each([['thinking'], ['chatty'], ['parts'], ['tool-call'], ['only-reasoning'], ['stream']] satisfies [
    LlmBehaviour,
  ][])('(%s) is taken', async (behaviour) => {
    await using bot = await enricherOn({ behaviour });
    expect(await bot.enrich(filing(), never)).toMatchObject({ source: 'llm', headline: /ACME CORP filed 8-K/ });
    expect(bot.server.requests).toHaveLength(1);
  });

  it.each([undefined, 'text/plain', 'text/html', 'application/octet-stream'])(
    'is taken with the Content-Type %s',
    async (type) => {
      const content = '{"headline":"H h","body":"B b."}';
      const headers = type === undefined ? {} : { 'content-type': type };
      const body = { choices: [{ message: { content } }] };
      await using bot = await enricherOn({ behaviour: () => ({ headers, body }) });
      expect(await bot.enrich(filing(), never)).toMatchObject({ source: 'llm', headline: 'H h' });
    },
  );

  it.each([{ id: 1 }, { message: 'Welcome to this API' }, [], 'OK'])(
    'is no answer at all from an address that is no chat endpoint: %j',
    async (body) => {
      await using bot = await enricherOn({ behaviour: () => ({ body }) });
      expect(await failureOf(bot.enrich(filing(), never))).toHaveProperty(
        'message',
        expect.stringMatching(/no answer that can be read.*LLM_BASE_URL/),
      );
    },
  );

  it('without a headline has that of the filing', async () => {
    const body = { choices: [{ message: { content: 'ACME CORP filed a report about its results.' } }] };
    await using bot = await enricherOn({ behaviour: () => ({ body }) });
    expect(await bot.enrich(filing(), never)).toMatchObject({
      source: 'llm',
      headline: '8-K: current report',
      body: 'ACME CORP filed a report about its results.',
    });
  });
});

/** The subject of a refusal. */
const about = (status: number | undefined, body: unknown): string => {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const values = typeof body === 'string' ? [] : [body];
  const fault = faultOf(readRefusal({ status, text, values, tooLong: false, retryAfterSeconds: undefined }));
  if (fault.about === 'feature') return fault.feature;
  return fault.about === 'filing' ? fault.problem : fault.trouble;
};
const says = (message: string, more: object = {}): object => ({ error: { message, ...more } });

describe('a refusal', () => {
  it.each<[string, number, unknown]>([
    ['format', 400, says("'response_format.type' must be 'json_schema' or 'text'")],
    ['format', 400, says('This model does not support response format `json_schema`')],
    ['format', 404, says('No endpoints found that can handle the requested parameters.')],
    [
      'format',
      422,
      { detail: [{ loc: ['body', 'response_format', 'type'], msg: 'Input should be another', input: {} }] },
    ],
    ['format', 400, { object: 'error', message: 'Unsupported feature for xgrammar: pattern in the schema' }],
    ['format', 500, says('Failed to parse grammar')],
    ['systemRole', 400, says('Developer instruction is not enabled for models/small')],
    ['systemRole', 400, says("Unsupported value: 'messages[0].role' does not support 'system' with this model.")],
    ['systemRole', 400, { message: 'Conversation roles must alternate user/assistant/user/assistant' }],
    ['systemRole', 422, { error: 'Template error: only user and assistant roles are supported!' }],
    [
      'limit',
      422,
      { detail: [{ loc: ['body', 'max_tokens'], msg: 'Field required', input: { messages: 'moderation' } }] },
    ],
    ['limit', 402, says('This request requires more credits, or fewer max_tokens. You can only afford 900')],
    ['limit', 400, says("Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead.")],
    ['unnamed', 400, says('Bad Request')],
    ['unnamed', 422, ''],
    ['unnamed', 501, 'Not Implemented'],
    ['too long', 400, says('Prompt is too long: 9000 tokens > 4096 maximum')],
    ['too long', 400, says('context_length_exceeded', { code: 'context_length_exceeded' })],
    ['too long', 400, says("'max_tokens' must be at least 1, got -512.")],
    ['too long', 422, { error: '`inputs` tokens + `max_new_tokens` must be <= 4096', error_type: 'validation' }],
    ['too long', 413, '<html>Request Entity Too Large</html>'],
    ['too long', 429, says('Request too large for small in organization o on tokens per min (TPM): Limit 500')],
    [
      'moderation',
      400,
      says('The response was filtered', {
        code: 'content_filter',
        innererror: { code: 'ResponsibleAIPolicyViolation' },
      }),
    ],
    ['moderation', 400, says('Your request was rejected as a result of our safety system.')],
    ['moderation', 400, says('Invalid prompt: your prompt was flagged', { code: 'invalid_prompt' })],
    ['moderation', 400, says('Content Exists Risk')],
    ['moderation', 400, { code: 'data_inspection_failed', message: 'Input data may contain inappropriate content.' }],
    ['moderation', 403, says('Input blocked', { metadata: { reasons: ['x'], raw: 'violates the content policy' } })],
    ['credit', 402, ''],
    ['credit', 429, says('You exceeded your current quota', { code: 'insufficient_quota' })],
    ['credit', 400, says('Your credit balance is too low to access the API. Go to Plans & Billing')],
    ['credit', 403, says('Insufficient account balance')],
    ['key', 401, 'Unauthorized'],
    ['key', 400, [says('API key not valid. Please pass a valid API key.', { status: 'INVALID_ARGUMENT' })]],
    ['key', 403, says('Forbidden')],
    ['account', 403, says('Your account has been flagged and suspended')],
    ['model', 400, says('smal is not a valid model ID')],
    ['model', 403, says('Project p does not have access to model small', { code: 'model_not_found' })],
    ['model', 404, says('model "small" not found, try pulling it first')],
    ['model', 404, says('No endpoints found for small.')],
    ['model', 400, says('The model `small` has been decommissioned and is no longer supported.')],
    ['address', 404, '<!doctype html><title>Not found</title>'],
    ['address', 405, says('Method Not Allowed')],
    ['region', 403, says('Country, region, or territory not supported')],
    ['region', 400, says('User location is not supported for the API use.')],
    ['region', 451, ''],
    ['firewall', 403, '<html><title>Just a moment...</title> moderation</html>'],
    ['proxy', 407, ''],
    ['rate', 429, says('Too many requests')],
    ['rate', 429, says('You exceeded your current quota. Please retry in 31.2s.')],
    ['busy', 503, says('Loading model')],
    ['busy', 503, says('The model is temporarily unavailable')],
    ['busy', 529, says('Overloaded')],
    ['busy', 502, '<html>Bad Gateway</html>'],
    ['busy', 500, '<html>The content is too long, or the chat template of the model was moderated</html>'],
    ['refused', 400, says("Unrecognized request argument supplied: 'foo'. Unknown parameter")],
  ])('is about %s: %d %j', (subject, status, body) => {
    expect(about(status, body)).toBe(subject);
  });
});

/** The errors of providers, in their own words, and what an operator has to be told. */
describe('a provider that refuses', () => {
  const tpd =
    'Rate limit reached for model `m` in organization `o` service tier `on_demand` on tokens per day (TPD): Limit 100000, ' +
    'Used 99500, Requested 900. Please try again in 7m12s. Upgrade today at https://console.groq.com/settings/billing';
  const geminiDay =
    'You exceeded your current quota, please check your plan and billing details. Quota exceeded for metric: ' +
    'generativelanguage.googleapis.com/generate_content_free_tier_requests, limit: 20. Please retry in 41103.2s.';

  it.each<[string, string, number | 'in 200', unknown]>([
    ['OpenAI', 'verification', 400, says('Your organization must be verified to use the model `o3`.')],
    ['OpenAI', 'quota', 429, says('Rate limit reached on requests per day (RPD): Limit 200, Used 200.')],
    ['OpenAI', 'rate', 429, says('Rate limit reached on tokens per min (TPM). Please try again in 20s.')],
    [
      'OpenAI',
      'moderation',
      400,
      says('The user message was flagged as unsafe.', { code: 'content_policy_violation' }),
    ],
    ['OpenAI', 'account', 403, says('Your organization has been disabled. Contact support.')],
    ['OpenRouter', 'moderation', 403, says('User input was flagged by our moderation system')],
    ['OpenRouter', 'moderation', 403, says('The prompt was flagged. Your account may be suspended should this go on.')],
    ['OpenRouter', 'quota', 429, says('Rate limit exceeded: free-models-per-day. Add 10 credits to unlock 1000')],
    ['OpenRouter', 'credit', 403, says('Key limit exceeded (total limit). See https://openrouter.ai/settings/keys')],
    ['OpenRouter', 'credit', 'in 200', says('Insufficient credits. Add more at openrouter.ai/settings/credits')],
    ['Groq', 'quota', 429, says(tpd, { type: 'tokens', code: 'rate_limit_exceeded' })],
    [
      'Groq',
      'rate',
      429,
      says('Rate limit reached on requests per minute (RPM): see console.groq.com/settings/billing'),
    ],
    ['Gemini', 'quota', 429, says(geminiDay)],
    [
      'Gemini',
      'quota',
      429,
      says('You exceeded your current quota.', {
        details: [{ violations: [{ quotaId: 'GenerateRequestsPerDayPerProjectPerModel-FreeTier' }] }],
      }),
    ],
    ['Zhipu', 'credit', 429, says('余额不足或无可用资源包,请充值。', { code: '1113' })],
    ['Zhipu', 'moderation', 400, says('系统检测到输入或生成内容可能包含不安全或敏感内容', { code: '1301' })],
    ['SiliconFlow', 'credit', 403, { code: 30001, message: 'Sorry, your account balance is insufficient', data: null }],
    ['LiteLLM', 'credit', 400, says('Budget has been exceeded! Current cost: 1.2, Max budget: 1.0')],
    ['LiteLLM', 'credit', 429, says('ExceededTokenBudget: Current spend for token: 1.2; Max Budget for Token: 1.0')],
    ['Cloudflare', 'firewall', 403, 'error code: 1010'],
    ['LM Studio', 'memory', 400, says('Failed to load model "m". Error: insufficient system resources.')],
    ['Ollama', 'memory', 500, { error: 'model requires more system memory (9.1 GiB) than is available (3.2 GiB)' }],
    [
      'MiniMax',
      'credit',
      'in 200',
      { base_resp: { status_code: 1008, status_msg: 'insufficient balance' }, choices: null },
    ],
    [
      'MiniMax',
      'key',
      'in 200',
      { base_resp: { status_code: 1004, status_msg: 'login fail: carry the API secret key' } },
    ],
    ['MiniMax', 'moderation', 'in 200', { base_resp: { status_code: 1026, status_msg: 'input new_sensitive' } }],
    ['MiniMax', 'rate', 'in 200', { base_resp: { status_code: 1002, status_msg: 'rate limit' } }],
    ['a gateway', 'key', 'in 200', says('Invalid API key provided. Try again.', { type: 'authentication_error' })],
    ['a gateway', 'format', 'in 200', says('response_format json_schema is not supported by this model')],
    ['a gateway', 'moderation', 'in 200', says('Flagged by moderation')],
    ['a gateway', 'too long', 'in 200', says('context length exceeded')],
    ['a gateway', 'credit', 'in 200', says('Quota', { code: 'insufficient_quota' })],
    ['a gateway', 'model', 'in 200', says('The model m does not exist')],
    ['a gateway', 'busy', 'in 200', says('The model is temporarily unavailable')],
    ['a gateway', 'busy', 'in 200', says('Something odd')],
    ['a gateway', 'unnamed', 'in 200', says('Wrong', { type: 'invalid_request_error' })],
  ])('(%s) is about %s: %s %j', (_, subject, status, body) => {
    expect(about(status === 'in 200' ? undefined : status, body)).toBe(subject);
  });
});

describe('an error that comes with 200', () => {
  it.each<[string, unknown, number, RegExp]>([
    ['the key', { error: { message: 'Invalid API key provided' } }, 1, /refused the key\. Check LLM_API_KEY/],
    [
      'credit',
      { base_resp: { status_code: 1008, status_msg: 'insufficient balance' }, choices: null },
      1,
      /no credit left\./,
    ],
    ['an unknown cause', { error: 'odd' }, 2, /kept failing\. It says: odd/],
    ['a code of its own', { code: 'Throttling', message: 'Too many requests' }, 2, /limiting the rate\. /],
    [
      'a stream',
      { choices: [{ finish_reason: 'error', delta: {} }], error: { message: 'Overloaded' } },
      2,
      /kept failing\. /,
    ],
  ])('is told without a status that nobody sent: %s', async (_, body, requests, message) => {
    const headers = { 'retry-after-ms': '1' };
    await using bot = await enricherOn({ behaviour: () => ({ headers, body }) }, { maxRetries: 1 });
    expect(await failureOf(bot.enrich(filing(), never))).toMatchObject({
      status: undefined,
      message: expect.stringMatching(message),
    });
    expect(bot.server.requests).toHaveLength(requests);
  });

  it('and refuses a feature is followed by a request without it, once', async () => {
    const refusal = { body: { error: { message: 'response_format json_schema is not supported by this model' } } };
    const behaviour = ({ body }: LlmRequest): LlmBehaviour | RawReply =>
      JSON.stringify(body).includes('json_schema') ? refusal : 'answer';
    await using bot = await enricherOn({ behaviour });
    expect(await bot.enrich(filing(), never)).toMatchObject({ source: 'llm' });
    expect(await bot.enrich(filing(), never)).toMatchObject({ source: 'llm' });
    expect(bot.server.requests).toHaveLength(3);
  });

  it('is no reply of a chat endpoint when it holds no choices', async () => {
    await using bot = await enricherOn({ behaviour: () => ({ body: { id: 'x', choices: null } }) });
    expect(await failureOf(bot.enrich(filing(), never))).toBeInstanceOf(EnrichmentError);
  });
});

describe('an endpoint that asks for patience', () => {
  it('is not waited for when its pause is longer than the time left, and what it said is the reason', async () => {
    const reply = { status: 503, headers: { 'retry-after': '50' }, body: { error: { message: 'Overloaded' } } };
    await using bot = await enricherOn({ behaviour: () => reply }, {}, { withinMs: 40_000 });
    expect(await failureOf(bot.enrich(filing(), never))).toHaveProperty('message', expect.stringMatching(/Overloaded/));
    expect(bot.server.requests).toHaveLength(1);
  });
});

describe('what a filing costs', () => {
  it.each([
    ['one request', ['answer'], [{ requests: 1, tokens: 250 }]],
    ['its retries', ['rate-limit', 'server-error', 'answer'], [{ requests: 3, tokens: 250 }]],
    ['what was asked again', ['no-structured-output', 'answer'], [{ requests: 2, tokens: 250 }]],
    ['an answer that is useless', ['refusal'], [{ requests: 1, tokens: 250 }]],
  ] satisfies [string, LlmBehaviour[], object[]][])('counts: %s', async (_, behaviour, costs) => {
    await using bot = await enricherOn({ behaviour });
    await bot.enrich(filing(), never, bot.meter);
    expect(bot.costs).toEqual(costs);
  });

  it('counts when the filing gets no summary', async () => {
    await using bot = await enricherOn({ behaviour: 'server-error' }, { maxRetries: 1 });
    await failureOf(bot.enrich(filing(), never, bot.meter));
    expect(bot.costs).toEqual([{ requests: 2, tokens: 0 }]);
  });

  it('is estimated for an endpoint that does not count, and for one that does not answer', async () => {
    const body = { choices: [{ message: { content: '{"headline":"H h","body":"B b."}' } }] };
    const behaviour = ({ index }: LlmRequest): LlmBehaviour | RawReply => (index === 0 ? 'hang' : { body });
    await using bot = await enricherOn({ behaviour }, { timeoutMs: 600, maxRetries: 1 });
    await bot.enrich(filing(), never, bot.meter);
    const sent = JSON.stringify(bot.server.requests[0]?.body).length;
    const received = JSON.stringify(body).length;
    expect(bot.costs).toEqual([{ requests: 2, tokens: Math.ceil(sent / 4) + Math.ceil((sent + received) / 4) }]);
    await bot.enrich(filing(), never, bot.meter);
    expect(bot.logger.lines).toEqual([{ level: 'info', event: 'llm_tokens_estimated', fields: { model: 'small' } }]);
  });

  it('is nothing where no model is asked', async () => {
    const costs: object[] = [];
    const enrich = createEnricher({ llm: undefined }, new RecordingLogger());
    await enrich(filing(), never, { add: (cost) => void costs.push(cost) });
    expect(costs).toEqual([{ requests: 0 }]);
  });

  it('is nothing where nothing could be sent', async () => {
    await using bot = await enricherOn({}, { maxRetries: 1 });
    await bot.server.close();
    await failureOf(bot.enrich(filing(), never, bot.meter));
    expect(bot.costs).toEqual([{ requests: 0, tokens: 0 }]);
  });

  it.each<[number | undefined, unknown]>([
    [30, { usage: { total_tokens: 30, prompt_tokens: 1, completion_tokens: 2 } }],
    [3, { usage: { prompt_tokens: 1, completion_tokens: 2 } }],
    [3, { usage: { input_tokens: 1, output_tokens: 2, total_tokens: null } }],
    [5, { usageMetadata: { totalTokenCount: 5 } }],
    [7, { prompt_eval_count: 3, eval_count: 4 }],
    [undefined, { usage: { total_tokens: 0 } }],
    [undefined, { usage: { total_tokens: -5, prompt_tokens: '7' } }],
    [undefined, { usage: { total_tokens: 1e300 } }],
    [undefined, { usage: null }],
  ])('is read as %s from %j', (tokens, value) => {
    expect(tokensIn(value)).toBe(tokens);
  });
});

describe('an error that concerns every filing', () => {
  it.each([
    ['no-credit', 'all'],
    ['unauthorized', 'all'],
    ['unknown-model', 'all'],
    ['long-rate-limit', 'all'],
    ['rate-limit', undefined],
    ['server-error', undefined],
    ['bad-request', undefined],
  ] satisfies [LlmBehaviour, string | undefined][])('says so (%s: %s)', async (behaviour, concerns) => {
    await using bot = await enricherOn({ behaviour }, { maxRetries: 0 });
    expect(await failureOf(bot.enrich(filing(), never))).toHaveProperty('concerns', concerns);
  });

  it.each([
    ['SELF_SIGNED_CERT_IN_CHAIN', 'all', /TLS \(.*\)\. Set NODE_EXTRA_CA_CERTS/],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'all', /TLS.*LLM_BASE_URL/],
    ['ENOTFOUND', undefined, /Check LLM_BASE_URL/],
  ])('says so where there was no reply (%s: %s)', (code, concerns, message) => {
    const cause = new TypeError('fetch failed', { cause: Object.assign(new Error('deep down'), { code }) });
    const llm = { apiKey: 'k', baseUrl: 'https://llm.example/v1', model: 'm', timeoutMs: 1, maxRetries: 0 };
    const error = explainNoReply(new Error('Connection error.', { cause }), llm);
    expect(error).toMatchObject({ concerns, message: expect.stringMatching(message) });
  });
});

describe('the error of an endpoint', () => {
  const apiKey = 'k-0123456789';

  it.each([400, 401, 402, 404, 429, 500, 502])('with status %s shows no key, no path and no page', async (status) => {
    const said = `Bad key ${apiKey}: ${'<html>'.repeat(1000)}`;
    await using bot = await enricherOn(
      { behaviour: () => ({ status, body: { error: { message: said } } }) },
      { apiKey, maxRetries: 0 },
    );
    const { message } = (await failureOf(bot.enrich(filing(), never))) as Error;
    expect(message).toMatch(/^The LLM endpoint 127\.0\.0\.1:\d+ /);
    expect(message).not.toContain(apiKey);
    expect(message).not.toContain('/v1');
    expect(message.length).toBeLessThan(500);
  });

  it('asks for a key where none is set', async () => {
    await using bot = await enricherOn({ behaviour: 'unauthorized' }, { apiKey: undefined });
    expect(await failureOf(bot.enrich(filing(), never))).toHaveProperty(
      'message',
      expect.stringMatching(/wants a key.*Set LLM_API_KEY/),
    );
  });
});
