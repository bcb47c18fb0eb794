import { sendJson, type Reply } from './request.ts';

// The SDK waits as long as the endpoint says, which spares tests half a second for each retry.
const SOON = { 'retry-after-ms': '1' };

const refuses =
  (status: number, message: string, more: Readonly<Record<string, unknown>> = {}): Reply =>
  (response) =>
    sendJson(response, status, { error: { message, type: 'error', param: null, code: null, ...more } }, SOON);

/** Errors, in the words of the endpoints that send them. */
export const refusals = {
  'rate-limit': refuses(429, 'Rate limit reached', { code: 'rate_limit_exceeded' }),
  /** A pause that no filing can wait for. */
  'long-rate-limit': (response) =>
    sendJson(response, 429, { error: { message: 'Too many requests today' } }, { 'retry-after': '3600' }),
  'server-error': refuses(500, 'The server had an error'),
  overloaded: refuses(529, 'Overloaded', { type: 'overloaded_error' }),
  /** An error that comes with the status of a success. */
  'error-with-200': (response) =>
    sendJson(response, 200, { error: { message: 'Upstream is at its limit', code: 503 } }, SOON),
  unauthorized: refuses(401, 'Incorrect API key provided: sk-ab…yz', { code: 'invalid_api_key' }),
  forbidden: refuses(403, 'This key may not use chat completions'),
  'no-credit': refuses(402, 'This account has run dry'),
  'no-quota': refuses(429, 'You exceeded your current quota, please check your plan', { code: 'insufficient_quota' }),
  'wrong-region': refuses(403, 'Country, region, or territory not supported', {
    code: 'unsupported_country_region_territory',
  }),
  'unknown-model': refuses(404, 'The model does not exist', { code: 'model_not_found' }),
  'unknown-address': (response) => {
    response.writeHead(404, { 'content-type': 'text/plain' }).end('404 page not found');
  },
  'proxy-login': (response) => {
    response.writeHead(407, { 'proxy-authenticate': 'Basic' }).end();
  },
  firewall: (response) => {
    response.writeHead(403, { 'content-type': 'text/html' }).end('<!DOCTYPE html><title>Attention Required!</title>');
  },
  'too-long-filing': refuses(400, "This model's maximum context length is 2048 tokens. However, you asked for 3000", {
    code: 'context_length_exceeded',
  }),
  'too-large': (response) => {
    response.writeHead(413).end('Payload Too Large');
  },
  moderated: refuses(403, 'Your input was flagged', { metadata: { reasons: ['violence'] } }),
  'content-filter': refuses(400, 'The prompt was filtered', { code: 'content_filter' }),
  'no-structured-output': refuses(400, "Invalid parameter: 'response_format' of type 'json_schema' is not supported"),
  'no-system-role': refuses(400, 'System role not supported'),
  /** A limit is demanded that other endpoints do not know. */
  'limit-required': refuses(422, 'Field required', { loc: ['body', 'max_tokens'] }),
  'bad-request': refuses(400, 'Something else is wrong'),
  'bad-parameter': refuses(400, "Unsupported parameter: 'user'", { param: 'user' }),
  'not-implemented': refuses(501, 'Not implemented'),
} satisfies Record<string, Reply>;
