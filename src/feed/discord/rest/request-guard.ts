import { AsyncLocalStorage } from 'node:async_hooks';
import type { REST, ResponseLike } from 'discord.js';

import { isForeignRefusal, withReason } from './foreign-refusal.ts';
import { neverLeft, watchConnections } from './never-left.ts';

/** Seconds to wait after a 429 that does not say how long. */
const FALLBACK_SECONDS = '5';

/** The tries that discord.js makes of one request. */
export interface Tries {
  /** True when one of them may have been applied: it was sent, and not answered, or answered by a failing server. */
  inDoubt: boolean;
  /** False for a request that must not be made again once it may have been applied. Default: true. */
  readonly isRepeatable?: boolean;
}

const guarded = new WeakSet<REST>();
const currentTries = new AsyncLocalStorage<Tries>();

/**
 * Makes discord.js wait after a 429 that carries no `Retry-After`. It would ask again at once, and again: a thousand
 * refused requests a second, of which ten thousand ban the machine. Refusals that are not Discord's get a reason.
 */
export function guardRequests(rest: REST): void {
  if (guarded.has(rest)) return;
  guarded.add(rest);
  watchConnections();
  const makeRequest = rest.options.makeRequest.bind(rest.options);
  rest.options.makeRequest = async (url, init) => {
    const response = await watched(() => makeRequest(url, init));
    if (isForeignRefusal(response)) return withReason(response);
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
  const tries: Tries = currentTries.getStore() ?? { inDoubt: false };
  const { inDoubt } = tries;
  if (inDoubt && tries.isRepeatable === false) throw new Error('Discord did not say whether the request was applied');
  tries.inDoubt = true;
  try {
    const response = await makeRequest();
    // Only a refusal, or a redirection, proves that nothing was done: the body of a success may still be lost on its way.
    if (response.status >= 300 && response.status < 500) tries.inDoubt = inDoubt;
    return response;
  } catch (error) {
    if (neverLeft(error)) tries.inDoubt = inDoubt;
    throw error;
  }
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
