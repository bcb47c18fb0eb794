import { AsyncLocalStorage } from 'node:async_hooks';
import type { REST, ResponseLike } from 'discord.js';

/** Seconds to wait after a 429 that does not say how long. */
const FALLBACK_SECONDS = '5';

/** The tries that discord.js makes of one request. */
export interface Tries {
  /** True when one of them may have been applied: it was sent, and not answered, or answered by a failing server. */
  inDoubt: boolean;
}

const guarded = new WeakSet<REST>();
const currentTries = new AsyncLocalStorage<Tries>();

/**
 * Makes discord.js wait after a 429 that carries no `Retry-After`. It would ask again at once, and again: a thousand
 * refused requests a second, of which ten thousand ban the machine.
 */
export function guardRequests(rest: REST): void {
  if (guarded.has(rest)) return;
  guarded.add(rest);
  const makeRequest = rest.options.makeRequest.bind(rest.options);
  rest.options.makeRequest = async (url, init) => {
    const response = await watched(() => makeRequest(url, init));
    const saysWhen = Number(response.headers.get('retry-after')) > 0;
    return response.status === 429 && !saysWhen ? withRetryAfter(response) : response;
  };
}

/**
 * Records in `tries` whether any try of the request that `send` makes may have been applied; the final error alone
 * cannot tell.
 */
export function watchTries<Result>(tries: Tries, send: () => Promise<Result>): Promise<Result> {
  return currentTries.run(tries, send);
}

async function watched(makeRequest: () => Promise<ResponseLike>): Promise<ResponseLike> {
  const tries = currentTries.getStore() ?? { inDoubt: false };
  const { inDoubt } = tries;
  tries.inDoubt = true;
  const response = await makeRequest();
  // Only a refusal proves that nothing was done: the body of a success may still be lost on its way.
  if (response.status >= 400 && response.status < 500) tries.inDoubt = inDoubt;
  return response;
}

/** A copy: the headers of a response that comes from `fetch` cannot be changed. */
function withRetryAfter(response: ResponseLike): ResponseLike {
  const headers = new Headers([...response.headers]);
  headers.set('retry-after', FALLBACK_SECONDS);
  const { body, bodyUsed, ok, status, statusText } = response;
  return {
    body,
    bodyUsed,
    ok,
    status,
    statusText,
    headers,
    arrayBuffer: () => response.arrayBuffer(),
    json: () => response.json(),
    text: () => response.text(),
  };
}
