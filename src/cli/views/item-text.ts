import type { PostRecord } from '../../store/contract/claims.ts';
import type { LedgerEntry } from '../../store/contract/ledger.ts';
import type { FoundItem } from '../../store/find-items.ts';
import { table } from './table.ts';

const states = {
  claimed: 'waiting, or in progress',
  enriched: 'enriched, not yet posted',
  posting: 'being posted',
  posted: 'posted',
  failed: 'failed; /seen retry tries again',
} as const satisfies Record<LedgerEntry['state'], string>;

/** The history of an item, a line for each thing that is known of it. Times are in UTC. */
export function itemText({ feed, id, seen, entry }: FoundItem): string {
  const isNew = entry === null ? 'no: the next cycle that lists it posts it' : 'no';
  return table([
    ['Item', id],
    ...(feed === undefined ? [] : [['Feed', feed] as const]),
    ['Seen', seen ? 'yes: it is skipped' : isNew],
    ...(entry === null ? [['State', 'marked without a post, or posted long ago'] as const] : entryLines(entry)),
  ]);
}

function entryLines(entry: LedgerEntry): (readonly [string, string])[] {
  const { state, attempts, lastError, retryAt, updatedAt, owner, leaseUntil, posts } = entry;
  return [
    ['State', states[state]],
    ['Attempts', String(attempts)],
    ['Last change', updatedAt.toISOString()],
    ...(owner === null || leaseUntil === null
      ? []
      : [['Leased', `by ${owner} until ${leaseUntil.toISOString()}`] as const]),
    ...(retryAt === null ? [] : [['Next attempt', retryAt.toISOString()] as const]),
    ...(lastError === null ? [] : [['Last error', lastError] as const]),
    ...posts.map((post) => [`Channel ${post.channelId}`, describePost(post)] as const),
  ];
}

function describePost({ state, messageId, error }: PostRecord): string {
  if (state === 'failed') return `failed${error === null ? '' : `: ${error}`}`;
  if (state === 'open') return 'sent, not yet confirmed';
  return messageId === null ? 'posted, and deleted since' : `message ${messageId}`;
}
