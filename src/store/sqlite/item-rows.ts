import type { Claim, ItemState, PostRecord } from '../contract/claims.ts';
import type { LedgerEntry } from '../contract/ledger.ts';

/** A row of `seen_item`. Times are Unix times in milliseconds. */
export interface ItemRow {
  readonly id: string;
  readonly feed: string;
  readonly state: ItemState;
  readonly token: number;
  readonly owner: string | null;
  readonly lease_until: number | null;
  readonly attempts: number;
  readonly retry_at: number | null;
  readonly last_error: string | null;
  readonly payload: string | null;
  readonly enrichment: string | null;
  readonly created_at: number;
  readonly updated_at: number;
}

/** What a claim tells of a row. */
export type ClaimRow = Pick<ItemRow, 'id' | 'feed' | 'token' | 'attempts' | 'payload' | 'enrichment'>;

/** A row of `seen_post`. */
export interface PostRow {
  readonly item_id: string;
  readonly channel_id: string;
  readonly state: PostRecord['state'];
  readonly intent_at: number;
  readonly message_id: string | null;
  readonly error: string | null;
}

export function toClaim(row: ClaimRow, posts: readonly PostRow[]): Claim {
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

export function toLedgerEntry(row: ItemRow, posts: readonly PostRow[]): LedgerEntry {
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
