import { takesEffect } from '../local/discord/faults.ts';
import type { LoggedRequest } from '../local/discord/index.ts';

/** How often each way to post only once was needed. */
export interface RequestCounts {
  readonly requests: number;
  /** Requests for a message that was there already, to which Discord answered with that message. */
  readonly repeatedByNonce: number;
  /** Times that the bot looked in the channel for a message of its own. */
  readonly lookups: number;
}

export function countRequests(requests: readonly LoggedRequest[]): RequestCounts {
  const made = new Set<string>();
  let repeatedByNonce = 0;
  for (const { method, fault, body } of requests) {
    if (method !== 'POST' || !takesEffect(fault)) continue;
    const { nonce } = body as { readonly nonce?: string };
    if (nonce !== undefined && made.has(nonce)) repeatedByNonce += 1;
    if (nonce !== undefined) made.add(nonce);
  }
  const lookups = requests.filter(({ method }) => method === 'GET').length;
  return { requests: requests.length, repeatedByNonce, lookups };
}
