import type { Place } from '../contract/claims.ts';
import type { CycleCounts } from '../contract/cycles.ts';
import type { LedgerCounts } from '../contract/ledger.ts';
import type {
  ChannelPostRows,
  CoverageRow,
  CycleRow,
  IncidentRow,
  ItemRow,
  LeaderRow,
  ScopeRow,
  SeenSummary,
  SpendingRow,
  WatchHistory,
  WithPosts,
  WithQuestions,
} from '../rows.ts';
import type { MoveReads } from './transfer.ts';

export interface Reads
  extends
    SeenReads,
    LedgerReads,
    CycleReads,
    CoverageReads,
    HoldReads,
    IncidentReads,
    SpendingReads,
    ScopeReads,
    LossReads,
    LeaderReads,
    MoveReads {}

/** A value, or a promise of it: a database in this process answers a single question faster without a promise. */
type Awaitable<Value> = Value | Promise<Value>;

/** Reads of the table `seen`. Times are Unix times in seconds. */
export interface SeenReads {
  isSeen(id: string): Awaitable<boolean>;
  /** The ids that are not in the table, each once, in the order of their first mention. */
  unseen(ids: readonly string[]): Promise<string[]>;
  /** The ids that are in the table and were last marked before `before`. */
  stale(ids: readonly string[], before: number): Promise<string[]>;
  countOlderThan(before: number): Promise<number>;
  /** Looks only as far as the first such row. */
  hasOlderThan(before: number): Promise<boolean>;
  summary(): Promise<SeenSummary>;
  /** The time of the latest mark; null where there is none. */
  newestMark(): Promise<number | null>;
}

/** Reads of items and their posts. */
export interface LedgerReads {
  findItem(id: string): Promise<WithPosts<ItemRow> | undefined>;
  /** The ids without an item, each once, in the order of their first mention. */
  unknown(ids: readonly string[]): Promise<string[]>;
  /** The given messages that are recorded in the channel, and the channel's open posts, from one moment. */
  channelPosts(channelId: string, messageIds: readonly string[]): Promise<ChannelPostRows>;
  /** The item that a message is recorded for. */
  itemOfMessage(messageId: string): Promise<string | undefined>;
  /**
   * Failed items, latest change first.
   *
   * @param feed Null for every feed.
   */
  failedItems(feed: string | null, limit: number): Promise<WithPosts<ItemRow>[]>;
  /** Counts by the clock that decides leases. */
  countItems(): Promise<LedgerCounts>;
  /** The other owners that have leases on items of the feed before `place`, each once. */
  ownersBefore(feed: string, place: Place, owner: string): Promise<string[]>;
  /** The feed's items that wait: how many, and when the first of them was made, in Unix milliseconds. */
  waitingItems(feed: string): Promise<{ readonly waiting: number; readonly oldest: number | null }>;
  /** Tells whether `dropItems` may find anything: an item that is under a lease is counted as well. */
  hasItemsToDrop(before: number): Promise<boolean>;
}

/** The facts that tell a first run from any other. */
export interface FeedHistory {
  /** True when the database stands in for one that was lost. */
  readonly isRecovered: boolean;
  /** True when the feed has ever had a cycle, however long ago. */
  readonly hasCycles: boolean;
  readonly othersHaveCycles: boolean;
  /** True when any id has been seen, of whichever feed. */
  readonly hasSeen: boolean;
  /** True when none of the ids that were there as the feed's scope was assigned can be its own. */
  readonly beganWithoutIds: boolean;
}

/** A stretch of time, both ends included. Unix times in milliseconds, unless it is said to be one of days. */
export interface Period {
  readonly since: number;
  readonly until: number;
}

/** Reads of the history of cycles. Times are Unix times in milliseconds. */
export interface CycleReads {
  feedHistory(feed: string): Promise<FeedHistory>;
  /**
   * The share of listed items that were skipped, over the feed's cycles that finished within the period and neither held
   * nor marked anything; null when fewer than `least` items were listed, or none.
   */
  skippedShare(feed: string, period: Period, least: number): Promise<number | null>;
  /** All cycles that finished within the period, summed. */
  cycleTotals(period: Period): Promise<CycleCounts>;
  /** The cycle that finished last, of those that finished until `until`. */
  lastCycle(until: number): Promise<CycleRow | undefined>;
  watchHistory(): Promise<WatchHistory>;
}

export interface CoverageReads {
  /** The feed's coverage as it was saved last. */
  findCoverage(feed: string): Promise<CoverageRow | undefined>;
}

export interface HoldReads {
  /** The feed's hold that is not finished. */
  currentHold(feed: string): Promise<WithQuestions | undefined>;
  /** All holds that are not finished, the oldest first. */
  openHolds(): Promise<WithQuestions[]>;
}

export interface IncidentReads {
  /** The incidents that go on, the oldest first. */
  currentIncidents(): Promise<IncidentRow[]>;
  /** The incidents that are over and whose end was not told, the oldest first. */
  endedIncidents(): Promise<IncidentRow[]>;
}

/** Reads of what enrichment has cost. Days are counted from the Unix epoch, by the clock that the writes are stamped with. */
export interface SpendingReads {
  spendingToday(feed: string): Promise<{ readonly today: number; readonly row: SpendingRow | undefined }>;
  /** All spending of the last `days` days, the present one included, by feed and then by day. */
  spendingSince(days: number): Promise<{ readonly today: number; readonly rows: readonly SpendingRow[] }>;
  /** Items that were skipped in the cycles that finished within the period, in milliseconds, for each feed with some. */
  skippedByFeed(period: Period): Promise<ReadonlyMap<string, number>>;
}

/** Reads of the feeds' scopes. */
export interface ScopeReads {
  findScope(feed: string): Promise<ScopeRow | undefined>;
  /** In the order of the feeds' names. */
  scopes(): Promise<ScopeRow[]>;
  /** The ids with an item of the feed, each once. */
  itemsOf(feed: string, ids: readonly string[]): Promise<string[]>;
  /** The ids with an item of another feed that has a scope, each once, with the exception that `assignScope` makes. */
  itemsOfOthers(feed: string, ids: readonly string[]): Promise<string[]>;
}

export interface LeaderReads {
  /**
   * The latest term under the name, whether or not it is over; undefined where there was none.
   *
   * @param operation The operation that an error names.
   */
  findLeader(name: string, operation: 'leadership.campaign' | 'leadership.current'): Promise<LeaderRow | undefined>;
  /** The latest term under each name, in the order of the names. */
  leaders(): Promise<LeaderRow[]>;
}

/** Reads of losses of commits. */
export interface LossReads {
  /** True when there are losses that were noticed before `before`. */
  hasLossesToDrop(before: number): Promise<boolean>;
}
