import type { REST } from 'discord.js';

/** Seconds to wait after a 429 that does not say how long. */
const FALLBACK_SECONDS = '5';

const guarded = new WeakSet<REST>();

/**
 * Makes discord.js wait after a 429 that carries no `Retry-After`. It would ask again at once, and again: a thousand
 * refused requests a second, of which ten thousand ban the machine.
 */
export function guardRateLimits(rest: REST): void {
  if (guarded.has(rest)) return;
  guarded.add(rest);
  const makeRequest = rest.options.makeRequest.bind(rest.options);
  rest.options.makeRequest = async (url, init) => {
    const response = await makeRequest(url, init);
    if (response.status === 429 && !(Number(response.headers.get('retry-after')) > 0)) {
      response.headers.set('retry-after', FALLBACK_SECONDS);
    }
    return response;
  };
}
