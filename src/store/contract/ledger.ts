import type { Claim, ItemState, PostRecord } from './claims.ts';

/** What is known of one item. */
export interface LedgerEntry {
  readonly id: string;
  readonly feed: string;
  readonly state: ItemState;
  readonly attempts: number;
  readonly lastError: string | null;
  /** Who works on it; null when nobody does. */
  readonly owner: string | null;
  readonly leaseUntil: Date | null;
  readonly retryAt: Date | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly payload: unknown;
  readonly posts: readonly PostRecord[];
}

export interface LedgerQuery {
  /** Default: every feed. */
  readonly feed?: string;
  /** Default: 25. */
  readonly limit?: number;
}

/**
 * What happened to each item on its way from the claim to the commit. Everything that takes a claim is fenced, and
 * throws {@link SeenClaimLostError} once the claim has passed to another owner, or has ended.
 *
 * The record of an item that was posted, given up, or marked as seen while it waited is dropped 30 days later. A dead
 * letter whose record is dropped counts as seen: it is not begun anew for a feed that still lists it.
 */
export interface Ledger {
  /**
   * Says that the work on the item begins: from here on the attempt counts, should this process die. The attempts of
   * items that merely waited in a claimed batch do not.
   */
  begin(claim: Claim): Promise<void>;
  /** Keeps the enrichment, a JSON value, for every later attempt. */
  saveEnrichment(claim: Claim, enrichment: unknown): Promise<void>;
  /** Says, before the request leaves, that it may be applied. The first intent's time is kept until it is dropped. */
  saveIntent(claim: Claim, channelId: string): Promise<void>;
  /** Says that the request was refused for certain, so that no message can exist. */
  dropIntent(claim: Claim, channelId: string): Promise<void>;
  /** Says that the message exists, or did before somebody deleted it. Nothing takes that back. */
  savePost(claim: Claim, channelId: string, messageId: string | null): Promise<void>;
  /** Gives up this channel for this item, which goes on to the others. A channel that got its post stays posted. */
  savePostFailure(claim: Claim, channelId: string, error: string): Promise<void>;

  /** What is known of an item; null for one that no claim was ever granted for, or whose record has been dropped. */
  find(id: string): Promise<LedgerEntry | null>;
  /** The ids that have no record, in the order of their first mention: no claim was ever granted for them. */
  filterUnknown(ids: readonly string[]): Promise<string[]>;
  /** The dead letters, latest first. */
  failed(query?: LedgerQuery): Promise<LedgerEntry[]>;
  /** How many items wait, for a retry or for somebody to take over, are being worked on, or failed. */
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

export interface LedgerCounts {
  readonly waiting: number;
  readonly active: number;
  readonly failed: number;
}
