import type { Claim, ItemState, PostRecord } from './claims.ts';

/** The history of one item. */
export interface LedgerEntry {
  readonly id: string;
  readonly feed: string;
  readonly state: ItemState;
  /** Attempts that count. */
  readonly attempts: number;
  readonly lastError: string | null;
  /** The store that works on it; null when none does. */
  readonly owner: string | null;
  /** End of the lease; null when nobody has one. */
  readonly leaseUntil: Date | null;
  /** Before this moment nobody gets the item; null when it is due, or not waiting. */
  readonly retryAt: Date | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  /** The payload of the claim; undefined if none, and after the commit. */
  readonly payload: unknown;
  readonly posts: readonly PostRecord[];
}

/** Which entries to list. */
export interface LedgerQuery {
  /** Default: every feed. */
  readonly feed?: string | undefined;
  /** Default: 25. */
  readonly limit?: number | undefined;
}

/**
 * The history of each item on its way from the claim to the commit. Everything that takes a claim is fenced, and
 * throws {@link SeenClaimLostError} once the claim has passed to another owner, or has ended.
 *
 * The entry of an item that was posted, given up, or marked as seen while it waited is dropped 30 days later. A dead
 * letter whose entry is dropped counts as seen: it does not begin anew for a feed that still lists it.
 */
export interface Ledger {
  /**
   * Records that work on the item begins: from here on the attempt counts, should this process die. The attempts of
   * items that merely waited in a claimed batch do not.
   */
  begin(claim: Claim): Promise<void>;
  /** Keeps the enrichment, a JSON value, for every later attempt. */
  saveEnrichment(claim: Claim, enrichment: unknown): Promise<void>;
  /** Records, before a request leaves, that it may be applied. The first intent's time is kept until it is dropped. */
  saveIntent(claim: Claim, channelId: string): Promise<void>;
  /** Records that the request was certainly refused, so that no message can exist. */
  dropIntent(claim: Claim, channelId: string): Promise<void>;
  /** Records that the message exists, or did before somebody deleted it. Nothing takes that back. */
  savePost(claim: Claim, channelId: string, messageId: string | null): Promise<void>;
  /** Gives up this channel for this item, which goes on to the others. A channel that got its post stays posted. */
  savePostFailure(claim: Claim, channelId: string, error: string): Promise<void>;

  /** The entry of an item; null for one that no claim was ever granted for, or whose entry has been dropped. */
  find(id: string): Promise<LedgerEntry | null>;
  /** The ids that have no entry, in the order of their first mention: no claim was ever granted for them. */
  filterUnknown(ids: readonly string[]): Promise<string[]>;
  /** The dead letters, latest first. */
  failed(query?: LedgerQuery): Promise<LedgerEntry[]>;
  /**
   * Counts the items that wait (for a retry, or to be taken over), that are being worked on, and that failed. It reads a
   * thousand items in a turn of the event loop; what changes meanwhile may be counted as it was or as it is.
   */
  counts(): Promise<LedgerCounts>;
  /**
   * Makes dead letters claimable again, with a fresh count of attempts. What was posted is not posted again; a channel
   * that failed is `open` again with the time of its first intent, since a request may have been applied.
   *
   * @param ids Default: all of them.
   * @returns How many were dead letters.
   */
  retry(ids?: readonly string[]): Promise<number>;
}

/** The ledger in numbers. */
export interface LedgerCounts {
  /** Items that wait for a retry, or for somebody to take them over. */
  readonly waiting: number;
  /** Items under a lease. */
  readonly active: number;
  /** Dead letters. */
  readonly failed: number;
}
