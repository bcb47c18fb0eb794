import type { Claim, ItemState, PostRecord } from './claims.ts';

/** The history of one item. */
export interface LedgerEntry {
  readonly id: string;
  readonly feed: string;
  readonly state: ItemState;
  /** Attempts that count. */
  readonly attempts: number;
  /** The latest error, or the trouble that the item waits for. */
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

/** Details of a request, noted before it leaves. */
export interface IntentOptions {
  /** The present moment by Discord's clock. Default: it is not known. */
  readonly discordAt?: Date | undefined;
  /** Fingerprint of what is about to be sent, by which the caller recognises it. Default: none is noted. */
  readonly fingerprint?: string | undefined;
}

/** A post of which nobody knows yet whether it was made. */
export interface OpenPost extends Pick<PostRecord, 'intentAt' | 'discordAt' | 'fingerprint'> {
  readonly itemId: string;
}

/** The posts in one channel, as far as they say whose a message is. */
export interface ChannelPosts {
  /** Those of the given messages that are recorded as the post of an item. */
  readonly recorded: readonly string[];
  /** The posts of other items whose outcome is open. */
  readonly others: readonly OpenPost[];
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
  /**
   * Records, before a request leaves, that it may be applied. The first intent's time is kept until it is dropped, by
   * either clock; of the fingerprints, the last one.
   */
  saveIntent(claim: Claim, channelId: string, options?: IntentOptions): Promise<void>;
  /** Records that the request was certainly refused, so that no message can exist. */
  dropIntent(claim: Claim, channelId: string): Promise<void>;
  /** Records that the message exists, or did before somebody deleted it. Nothing takes that back. */
  savePost(claim: Claim, channelId: string, messageId: string | null): Promise<void>;
  /**
   * Records that a message which was found in the channel is the item's, unless it is recorded for another item:
   * however many look for a message at the same time, one item gets it.
   *
   * @returns False when it is another item's.
   */
  saveFoundPost(claim: Claim, channelId: string, messageId: string): Promise<boolean>;
  /** Gives up this channel for this item, which goes on to the others. A channel that got its post stays posted. */
  savePostFailure(claim: Claim, channelId: string, error: string): Promise<void>;

  /** The entry of an item; null for one that no claim was ever granted for, or whose entry has been dropped. */
  find(id: string): Promise<LedgerEntry | null>;
  /** The ids that have no entry, in the order of their first mention: no claim was ever granted for them. */
  filterUnknown(ids: readonly string[]): Promise<string[]>;
  /**
   * The posts of a channel: which of these messages are known, and what is open of other items than the claim's. Both
   * from one moment.
   */
  channelPosts(claim: Claim, channelId: string, messageIds: readonly string[]): Promise<ChannelPosts>;
  /** The dead letters, latest first. */
  failed(query?: LedgerQuery): Promise<LedgerEntry[]>;
  /**
   * Counts the items that wait (for a retry, or to be taken over), that are being worked on, and that failed. It reads
   * a thousand items in a turn of the event loop; what changes meanwhile may be counted as it was or as it is.
   */
  counts(): Promise<LedgerCounts>;
  /**
   * Counts the feed's items that wait for a retry, or for somebody to take them over. Reads in the steps of `counts`.
   */
  backlog(feed: string): Promise<Backlog>;
  /**
   * Makes dead letters claimable again, with a fresh count of attempts. What was posted is not posted again; a channel
   * that failed is `open` again with the time of its first intent, since a request may have been applied. All that is
   * open may be repeated where nobody can tell whether it was: somebody wants it.
   *
   * @param ids Default: all of them.
   * @returns The number of them that were dead letters.
   */
  retry(ids?: readonly string[]): Promise<number>;
}

/** The items of a feed that wait. */
export interface Backlog {
  readonly waiting: number;
  /** Time at which the oldest of them was first claimed; null when none waits. */
  readonly oldest: Date | null;
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
