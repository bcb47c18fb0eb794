import type { Claim, PostRecord } from '../contract/claims.ts';
import type { LedgerEntry } from '../contract/ledger.ts';
import type { GrantedRow, ItemRow, PostRow, WithPosts } from '../rows.ts';

/** A granted row as the claim that it stands for. */
export function toClaim({ row, posts }: WithPosts<GrantedRow>): Claim {
  return {
    id: row.id,
    token: row.token,
    feed: row.feed,
    attempt: row.attempts,
    payload: fromJson(row.payload),
    enrichment: fromJson(row.enrichment),
    posts: posts.map(toPostRecord),
  };
}

/** An item's row as its entry in the ledger. */
export function toLedgerEntry({ row, posts }: WithPosts<ItemRow>): LedgerEntry {
  return {
    id: row.id,
    feed: row.feed,
    state: row.state,
    attempts: row.attempts,
    lastError: row.last_error,
    owner: row.owner,
    leaseUntil: toDate(row.lease_until),
    retryAt: toDate(row.retry_at),
    createdAt: new Date(row.created_at),
    updatedAt: new Date(row.updated_at),
    payload: fromJson(row.payload),
    posts: posts.map(toPostRecord),
  };
}

function toPostRecord(row: PostRow): PostRecord {
  const { channel_id: channelId, state, intent_at: intentAt, message_id: messageId, error } = row;
  return { channelId, state, intentAt: new Date(intentAt), messageId, error };
}

function fromJson(json: string | null): unknown {
  return json === null ? undefined : JSON.parse(json);
}

function toDate(ms: number | null): Date | null {
  return ms === null ? null : new Date(ms);
}
