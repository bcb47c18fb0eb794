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
  /** The token of the item's first claim. */
  readonly place_token: number;
  /** The index of the item in that claim. */
  readonly first_index: number;
}

/** The columns of an item that a grant returns. */
export type GrantedRow = Pick<
  ItemRow,
  | 'id'
  | 'feed'
  | 'token'
  | 'attempts'
  | 'last_error'
  | 'payload'
  | 'enrichment'
  | 'created_at'
  | 'place_token'
  | 'first_index'
>;

/** A row of `seen_loss`, as it concerns a feed: acknowledged commits that the database may have lost. */
export interface LossRow {
  /** The time of the last grant that the database knows of. */
  readonly since: number;
  readonly noticed_at: number;
  /** The end of the feed's first cycle that began afterwards and listed something; null while none has. */
  readonly listed_at: number | null;
}

/** A row of `seen_post`. */
export interface PostRow {
  readonly item_id: string;
  readonly channel_id: string;
  readonly state: PostRecord['state'];
  readonly intent_at: number;
  readonly discord_at: number | null;
  readonly fingerprint: string | null;
  /** 1 once somebody has asked for another try, 0 before. */
  readonly may_repeat: number;
  readonly message_id: string | null;
  readonly error: string | null;
}

/** Messages and open posts of one channel. */
export interface ChannelPostRows {
  /** Message ids. */
  readonly recorded: readonly string[];
  readonly open: readonly Pick<PostRow, 'item_id' | 'intent_at' | 'discord_at' | 'fingerprint'>[];
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
  /** The time at which the last cycle of any kind finished, to the day. */
  readonly lastCycle: number;
  /** The times in which the feed was seen whole. */
  readonly watches: readonly Watch[];
}

/** A row of `seen_hold_question`. */
export interface QuestionRow {
  readonly channel_id: string;
  readonly asked_at: number;
  readonly message_id: string | null;
}

/** A row of `seen_hold`. */
export interface HoldRow {
  readonly id: number;
  readonly name: string;
  readonly feed: string;
  readonly created_at: number;
  /** A JSON array. */
  readonly ids: string;
  readonly decision: HoldDecision | null;
  readonly decided_by: string | null;
}

/** A hold with its questions, the oldest first. */
export interface WithQuestions {
  readonly row: HoldRow;
  readonly questions: readonly QuestionRow[];
}

/** A row of `seen_incident`. */
export interface IncidentRow {
  readonly id: string;
  readonly subject: string;
  readonly reason: string;
  readonly since: number;
  /** 1 for a relapse. */
  readonly relapse: number;
  readonly intent_at: number | null;
  readonly told_at: number | null;
  readonly over_at: number | null;
}

/** A row of `seen_spending`. */
export interface SpendingRow {
  readonly feed: string;
  /** Days since the Unix epoch. */
  readonly day: number;
  readonly requests: number;
  readonly tokens: number;
  readonly enrichments: number;
  readonly budget_requests: number | null;
  readonly budget_tokens: number | null;
}

/** A row of `seen_scope`. Flags are 0 or 1. */
export interface ScopeRow {
  readonly feed: string;
  readonly plain: number;
  /** 1 while the ids that the feed inherits have not all been copied. */
  readonly inherits: number;
}

/** A row of `seen_coverage`. */
export interface CoverageRow {
  readonly feed: string;
  /** JSON text, which `core/coverage.ts` makes and reads. */
  readonly categories: string;
}

/** A row of `seen_leader`: the latest term under a name. */
export interface LeaderRow {
  readonly name: string;
  /** The owner that leads; null once it has resigned. */
  readonly leader: string | null;
  readonly number: number;
  readonly elected_at: number;
  readonly lease_until: number;
  /** 1 while the lease lasts, 0 once it has run out. */
  readonly leased: number;
}

/** The table `seen` in numbers. */
export interface SeenSummary {
  readonly rows: number;
  /** Unix time in seconds; null for an empty table. */
  readonly oldest: number | null;
  /** Unix time in seconds; null for an empty table. */
  readonly newest: number | null;
}

/** The name of a database, which its copies have as well. */
export interface DatabaseName {
  readonly backend: 'sqlite' | 'postgres' | 'jsonl';
  /** Hexadecimal digits. Empty for a file of an earlier program, which has none. */
  readonly id: string;
  /** The place of it, as a person would look for it, without a password. */
  readonly location: string;
}

/** A transfer into a database. Times are Unix times in milliseconds. */
export interface Arrival {
  readonly from: Pick<DatabaseName, 'id' | 'location'>;
  readonly begunAt: number;
  /** Null while the transfer has not ended: rows are missing then. */
  readonly endedAt: number | null;
  /** True when a store had the source open: it may have gone on since, and posted what this database does not know of. */
  readonly isOfRunningBot: boolean;
  /** True once a store has used the database since. */
  readonly isUsed: boolean;
}

/** A move away from a database, which nobody is to use any more. */
export interface Departure {
  readonly to: Pick<DatabaseName, 'id' | 'location'>;
  /** Unix time in milliseconds. */
  readonly at: number;
}
