import type { REST } from 'discord.js';

import { withTimeLimit, type Clock } from '../../../store/clock.ts';

/**
 * Longest time that one request may take with its queue and retries, in milliseconds. A message that is sent arrives
 * within the window in which Discord remembers its nonce.
 */
export const REQUEST_TIMEOUT_MS = 45_000;

/** The way to Discord. */
export interface Sender {
  readonly rest: REST;
  readonly clock: Clock;
}

/**
 * Makes one request within the time limit. discord.js alone would wait for an hour after a 429, and looks at the signal
 * only between its waits.
 *
 * @typeParam Answer The documented answer of the route.
 * @param request Called with the client, and a signal that aborts when the time is up.
 * @throws The error of the request, or one that says that there was no answer in time.
 */
export async function ask<Answer>(
  { rest, clock }: Sender,
  request: (rest: REST, signal: AbortSignal) => Promise<unknown>,
): Promise<Answer> {
  const limit = { clock, limitMs: REQUEST_TIMEOUT_MS, expired };
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the documented answer of the route
  return (await withTimeLimit(limit, (signal) => request(rest, signal))) as Answer;
}

function expired(): Error {
  return new Error(`no answer within ${REQUEST_TIMEOUT_MS / 1000} s`);
}
