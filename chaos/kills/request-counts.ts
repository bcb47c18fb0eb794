import { takesEffect } from '../../local/discord/faults.ts';
import type { LoggedRequest } from '../../local/discord/index.ts';

/** Counts of the requests in which each safeguard against a second post was needed. */
export interface RequestCounts {
  readonly requests: number;
  /** Requests for a message that existed already, to which Discord answered with that message. */
  readonly repeatedByNonce: number;
  /** Searches of a channel for a message of the bot's own. */
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
  const lookups = requests.filter(({ method, path }) => method === 'GET' && path.endsWith('/messages')).length;
  return { requests: requests.length, repeatedByNonce, lookups };
}
