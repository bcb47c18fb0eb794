import type { BackupOptions, BackupResult } from './contract/backup.ts';
import type { Claim } from './contract/claims.ts';
import type { CycleCounts } from './contract/cycles.ts';
import type { HoldDecision } from './contract/holds.ts';
import type { LedgerCounts } from './contract/ledger.ts';
import type { PurgeControl, PurgeResult, StoreSizes } from './contract/seen-store.ts';
import type { LostClaim } from './errors.ts';
import type { CycleRow, GrantedRow, HoldRow, ItemRow, SeenSummary, WatchHistory, WithPosts } from './rows.ts';

/**
 * The port: what a database has to do. What is stale, expired, valid, lost or worth a log line is decided above it, once,
 * in `core/`. Arguments have been checked.
 *
 * A read or a write that fails does so with a `SeenStoreError` or a `SeenStoreBusyError`, under its name in
 * `operations.ts`. After `close`, which core asks for once, they fail with a `SeenStoreClosedError`; `sizes` goes on.
 */
export interface Backend {
  readonly name: 'sqlite' | 'postgres';
  /** Where the database is, as a person would look for it. */
  readonly location: string;
  readonly reads: Reads;
  readonly writes: Writes;
  sizes(): Promise<StoreSizes>;
  /**
   * Copies the database as it is now. Other operations do not wait for it.
   *
   * @throws {SeenInputError} for a path that cannot be that of a backup.
   * @throws The signal's reason, once it aborts and nothing of the copy is left.
   */
  backup(path: string, options: BackupOptions): Promise<BackupResult>;
  /** Refuses every further operation at once, ends those that wait, and resolves once everything is closed. */
  close(): Promise<void>;
}

export interface Reads extends SeenReads, LedgerReads, CycleReads, HoldReads {}

export interface Writes extends SeenWrites, ClaimWrites, CycleWrites, HoldWrites {}

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
}

/** Reads of items and their posts. */
export interface LedgerReads {
  findItem(id: string): Promise<WithPosts<ItemRow> | undefined>;
  /** The ids without an item, each once, in the order of their first mention. */
  unknown(ids: readonly string[]): Promise<string[]>;
  /**
   * Failed items, latest change first.
   *
   * @param feed Null for every feed.
   */
  failedItems(feed: string | null, limit: number): Promise<WithPosts<ItemRow>[]>;
  /** Counts by the clock that decides leases. */
  countItems(): Promise<LedgerCounts>;
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
}

/** A stretch of time, both ends included. Unix times in milliseconds. */
export interface Period {
  readonly since: number;
  readonly until: number;
}

/** Reads of the history of cycles. Times are Unix times in milliseconds. */
export interface CycleReads {
  feedHistory(feed: string): Promise<FeedHistory>;
  /**
   * The share of listed items that were skipped, over the feed's cycles that finished within the period and neither held
   * nor marked anything; null when nothing was listed.
   */
  skippedShare(feed: string, period: Period): Promise<number | null>;
  /** All cycles that finished within the period, summed. */
  cycleTotals(period: Period): Promise<CycleCounts>;
  /** The cycle that finished last, of those that finished until `until`. */
  lastCycle(until: number): Promise<CycleRow | undefined>;
  watchHistory(): Promise<WatchHistory>;
}

export interface HoldReads {
  /** The feed's hold that is not finished. */
  currentHold(feed: string): Promise<HoldRow | undefined>;
}

/** Writes of the table `seen`. Times are Unix times in seconds. */
export interface SeenWrites {
  /** Inserts the ids, or refreshes their time. */
  markSeen(ids: readonly string[], ts: number): Promise<void>;
  /** Refreshes those of the ids that are there and older than `before`. */
  touch(ids: readonly string[], ts: number, before: number): Promise<void>;
  /** Deletes the ids last marked before `before`, in short transactions. The ledger still knows what was posted. */
  expire(before: number, control: PurgeControl): Promise<PurgeResult>;
  /** The same, and the ledger forgets with it: the items begin anew. */
  forget(before: number, control: PurgeControl): Promise<PurgeResult>;
}

/** A request as it is stored. */
export interface ItemRequest {
  readonly id: string;
  /** JSON text, kept to the letter; null for a request without a payload. */
  readonly payload: string | null;
}

/** The terms that all claims of one call share. */
export interface GrantTerms {
  readonly feed: string;
  readonly owner: string;
  readonly leaseMs: number;
  /** The token is above this one. */
  readonly tokenAfter: number;
}

/** The name of a claim. */
export type ClaimRef = Pick<Claim, 'id' | 'token'>;

/** The changes that the owner of a claim may make, by name, with what each needs. */
interface ChangeFields {
  /** The lease ends `leaseMs` milliseconds from now. */
  renew: { readonly leaseMs: number };
  /** The item is marked as seen; its payload and enrichment are deleted. */
  commit: object;
  /** The item waits until `retryAt`. Without an error the attempt is given back. */
  release: { readonly error: string | null; readonly retryAt: number | null };
  /** The item becomes a dead letter. */
  fail: { readonly error: string };
  /** The attempt counts from now on, should the owner die. */
  begin: object;
  /** @see Ledger.saveEnrichment */
  saveEnrichment: { readonly json: string };
  /** @see Ledger.saveIntent */
  saveIntent: { readonly channelId: string };
  /** @see Ledger.dropIntent */
  dropIntent: { readonly channelId: string };
  /** @see Ledger.savePost */
  savePost: { readonly channelId: string; readonly messageId: string | null };
  /** @see Ledger.savePostFailure */
  savePostFailure: { readonly channelId: string; readonly error: string };
}

export type ChangeKind = keyof ChangeFields;

/** One fenced change. `kind` is the name of the contract's operation. */
export type Change<Kind extends ChangeKind = ChangeKind> = {
  [K in Kind]: { readonly kind: K } & ChangeFields[K];
}[Kind];

/** The claim lifecycle. The backend stamps it with its own time: the one that decides leases. */
export interface ClaimWrites {
  /**
   * Grants what is neither seen, nor failed, nor leased to a living owner, nor waiting for its retry, in one conditional
   * write, and marks as seen again what the ledger knows as posted.
   *
   * The token of the grant is above all that the database has given, and not below the time in milliseconds: a database
   * that begins anew, or from an older copy, gives none again.
   *
   * @returns The granted items, in the order of the requests.
   */
  claim(requests: readonly ItemRequest[], terms: GrantTerms): Promise<WithPosts<GrantedRow>[]>;
  /**
   * Grants unfinished items of the feed that are due, those first that have been for longest: since their retry, or since
   * they last changed. Of two that have been due for as long, the one whose last claim is older.
   */
  claimWaiting(limit: number, terms: GrantTerms): Promise<WithPosts<GrantedRow>[]>;
  /**
   * Makes the change for the claims that still own their item: those whose token counts, and is the owner's. Committing a
   * claim again changes nothing.
   *
   * @param claims None of them twice.
   * @returns The evidence for the others. It is returned, not thrown: the change of the former stands.
   */
  change(claims: readonly ClaimRef[], owner: string, change: Change): Promise<LostClaim[]>;
  /**
   * Makes failed items claimable again, and returns how many there were.
   *
   * @param ids Null for all of them.
   */
  retry(ids: readonly string[] | null): Promise<number>;
  /**
   * Drops items that ended, or were marked as seen while they waited, and have not changed since `before`, in short
   * transactions. A dropped dead letter leaves its id seen.
   */
  dropItems(before: number, control: PurgeControl): Promise<void>;
}

/** What a cycle means for the history. */
interface CycleTerms {
  /** Days of cycles to keep, back from the cycle that finished last. A pause between two cycles does not count. */
  readonly keepDays: number;
  /** True when the cycle saw the feed whole. */
  readonly isLook: boolean;
  /** @see CycleWrites.noteOpen */
  readonly reachMs: number;
}

export interface CycleWrites {
  /** Adds a cycle. Where it was a look, the feed was watched until its end; where the store's watch is noted, that too. */
  recordCycle(cycle: CycleRow, terms: CycleTerms): Promise<void>;
  /**
   * Notes that the store was open at each of these times.
   *
   * @param reachMs Longest time between two looks of one stretch. A stretch that ends later than this after the present
   *   time was noted by a clock that was ahead: it has ended by now.
   */
  noteOpen(times: readonly number[], reachMs: number): Promise<void>;
}

/** The flood breaker's batches. A feed has at most one that is not finished, whoever tries at the same time. */
export interface HoldWrites {
  /** Opens a hold, or returns the open one. */
  openHold(feed: string, ids: readonly string[]): Promise<HoldRow>;
  /** Adds ids; undefined when the hold is decided. */
  extendHold(id: number, ids: readonly string[]): Promise<HoldRow | undefined>;
  markHoldAsked(id: number): Promise<void>;
  /** The first decision stands. Undefined when the hold is finished. */
  decideHold(id: number, decision: HoldDecision, userId: string): Promise<HoldRow | undefined>;
  finishHold(id: number): Promise<void>;
}
