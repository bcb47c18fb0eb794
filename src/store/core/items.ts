import type { Claim, PostRecord } from '../contract/claims.ts';
import type { ChannelPosts, LedgerEntry } from '../contract/ledger.ts';
import { SeenStoreError } from '../errors.ts';
import type { Operation } from '../operations.ts';
import type { ChannelPostRows, GrantedRow, ItemRow, LossRow, PostRow, WithPosts } from '../rows.ts';
import { uncertaintyOf } from './uncertainty.ts';

/**
 * A granted row as the claim that it stands for.
 *
 * @param losses The losses of commits that are remembered.
 */
export function toClaim(
  operation: Operation,
  { row, posts }: WithPosts<GrantedRow>,
  losses: readonly LossRow[],
): Claim {
  return {
    id: row.id,
    token: row.token,
    feed: row.feed,
    place: { token: row.place_token, index: row.first_index },
    attempt: row.attempts,
    firstClaimedAt: new Date(row.created_at),
    lastError: row.last_error,
    payload: fromJson(operation, 'payload', row.payload),
    enrichment: fromJson(operation, 'enrichment', row.enrichment),
    posts: posts.map(toPostRecord),
    uncertainty: uncertaintyOf(row.created_at, losses),
  };
}

/** An item's row as its entry in the ledger. */
export function toLedgerEntry(operation: Operation, { row, posts }: WithPosts<ItemRow>): LedgerEntry {
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
    payload: fromJson(operation, 'payload', row.payload),
    posts: posts.map(toPostRecord),
  };
}

function toPostRecord(row: PostRow): PostRecord {
  const { channel_id: channelId, state, fingerprint, message_id: messageId, error } = row;
  const { intent_at: intentAt, discord_at: discordAt, may_repeat: mayRepeat } = row;
  return {
    channelId,
    state,
    intentAt: new Date(intentAt),
    discordAt: toDate(discordAt),
    fingerprint,
    mayRepeat: mayRepeat === 1,
    messageId,
    error,
  };
}

/** The rows of a channel as what they tell an item about messages. */
export function toChannelPosts(id: string, { recorded, open }: ChannelPostRows): ChannelPosts {
  const others = open.filter((row) => row.item_id !== id);
  return {
    recorded,
    others: others.map(({ item_id: itemId, intent_at: intentAt, discord_at: discordAt, fingerprint }) => ({
      itemId,
      intentAt: new Date(intentAt),
      discordAt: toDate(discordAt),
      fingerprint,
    })),
  };
}

/** @throws {SeenStoreError} for text that is not JSON: somebody else has written into the table. */
function fromJson(operation: Operation, column: string, json: string | null): unknown {
  if (json === null) return undefined;
  try {
    return JSON.parse(json);
  } catch (cause) {
    throw new SeenStoreError(operation, `${operation} failed: the ${column} of an item is not JSON.`, { cause });
  }
}

function toDate(ms: number | null): Date | null {
  return ms === null ? null : new Date(ms);
}
