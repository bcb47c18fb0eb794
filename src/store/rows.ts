import type { ItemState, PostRecord } from './contract/claims.ts';
import type { CycleCounts } from './contract/cycles.ts';
import type { HoldDecision } from './contract/holds.ts';

// Rows as the port delivers them, with at least these columns. Times are Unix times in milliseconds unless a comment says
// otherwise.

/** A row of `seen_item`. */
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
  /** JSON text. */
  readonly payload: string | null;
  /** JSON text. */
  readonly enrichment: string | null;
  readonly created_at: number;
  readonly updated_at: number;
}

/** The columns of an item that a grant returns. */
export type GrantedRow = Pick<ItemRow, 'id' | 'feed' | 'token' | 'attempts' | 'payload' | 'enrichment'>;

/** A row of `seen_post`. */
export interface PostRow {
  readonly item_id: string;
  readonly channel_id: string;
  readonly state: PostRecord['state'];
  readonly intent_at: number;
  readonly message_id: string | null;
  readonly error: string | null;
}

/** A row with the posts of its item, ordered by channel. */
export interface WithPosts<Row> {
  readonly row: Row;
  readonly posts: readonly PostRow[];
}

/** A row of `seen_cycle`. */
export interface CycleRow extends CycleCounts {
  readonly feed: string;
  readonly startedAt: number;
  readonly finishedAt: number;
}

/** A stretch of time without a gap between two looks: a row of `seen_watch`. It begins and ends with a look. */
export interface Watch {
  readonly since: number;
  readonly until: number;
}

/** The times in which somebody looked, oldest first: ages are measured by them. */
export interface WatchHistory {
  /** The times in which the store was open, as far as they were noted: until a feed has had a cycle. */
  readonly store: readonly Watch[];
  /** Every feed that has had a cycle. */
  readonly feeds: readonly FeedWatch[];
}

export interface FeedWatch {
  /** When the last cycle of any kind finished, to the day. */
  readonly lastCycle: number;
  /** The times in which the feed was seen whole. */
  readonly watches: readonly Watch[];
}

/** A row of `seen_hold`. */
export interface HoldRow {
  readonly id: number;
  readonly feed: string;
  readonly created_at: number;
  /** A JSON array. */
  readonly ids: string;
  readonly decision: HoldDecision | null;
  readonly decided_by: string | null;
  /** 1 once the question is in the channel, 0 before. */
  readonly asked: number;
}

/** The table `seen` in numbers. */
export interface SeenSummary {
  readonly rows: number;
  /** Unix time in seconds; null for an empty table. */
  readonly oldest: number | null;
  /** Unix time in seconds; null for an empty table. */
  readonly newest: number | null;
}
