/** The progress of an item. A lease, not the state, says whether somebody works on it. */
export type ItemState = 'claimed' | 'enriched' | 'posting' | 'posted' | 'failed';

/** An item to claim. */
export interface ClaimRequest {
  readonly id: string;
  /** The item, as a JSON value: what a retry needs once the feed no longer lists it. */
  readonly payload?: unknown;
}

/** Options of a claim. */
export interface ClaimOptions {
  /** The feed that the items belong to. Default: `default`. */
  readonly feed?: string | undefined;
  /**
   * The time in which nobody else gets the item, unless the owner is known to be dead: in milliseconds from the
   * request, above 0, at most 100 years, and longer than `busyTimeoutMs`. A lease ends early where the clock is set
   * back by more than two seconds behind its start: it would outlive its length. Default: 60 000.
   */
  readonly leaseMs?: number | undefined;
  /**
   * The longest pause that the caller ever sets with `retryAt`, in milliseconds. An item whose retry lies further ahead
   * was released by a clock that was wrong, and is due. Default: every pause counts.
   */
  readonly longestPauseMs?: number | undefined;
}

/** Options of a claim of whatever is due. */
export interface ClaimWaitingOptions extends ClaimOptions {
  /** Most items to claim. Default: 100. */
  readonly limit?: number | undefined;
}

/**
 * The place of an item in the order of its feed: the order in which its items were first claimed, and within one call
 * the order of the requests. Nothing changes it, neither a retry nor a restart, and it owes nothing to a clock.
 */
export interface Place {
  /** The token of the item's first claim. */
  readonly token: number;
  /** The index of the item among those that were first claimed with this token. */
  readonly index: number;
}

/**
 * A stretch of time in which writes were acknowledged that the database has lost, or may have lost: it is a copy that a
 * failover or a restore has put in the place of another.
 */
export interface Uncertainty {
  /** Time of the last grant that the database knows of: what was written before is there. By the store's clock. */
  readonly since: Date;
  /** Time at which the loss was noticed. */
  readonly until: Date;
}

/** The right to deliver one item, until the lease runs out and somebody else takes it over. */
export interface Claim {
  readonly id: string;
  /**
   * Fencing token: grows with every claim, so that a late owner is told apart from the present one. It is not below the
   * time of the grant in milliseconds, so that none is given again by a database that begins anew, or from an older
   * copy.
   */
  readonly token: number;
  readonly feed: string;
  /** The place of the item in the order of its feed. */
  readonly place: Place;
  /** 1 for the first attempt. A release without an error does not count. */
  readonly attempt: number;
  /** Time at which the item was first claimed, by whomever, on the store's clock. */
  readonly firstClaimedAt: Date;
  /** The latest error of the item, or the trouble that it has waited for; null if none. */
  readonly lastError: string | null;
  /** The payload that the item was claimed with; undefined if none. */
  readonly payload: unknown;
  /** The enrichment that an earlier attempt saved; undefined if none. A paid enrichment is never bought twice. */
  readonly enrichment: unknown;
  /** The posts of earlier attempts, one record per channel. */
  readonly posts: readonly PostRecord[];
  /**
   * Null for an item of which the ledger knows everything. Otherwise its history has a gap: it may have been claimed,
   * posted or committed in this time. Where `posts` says nothing of a channel, look there before you post.
   */
  readonly uncertainty: Uncertainty | null;
}

/**
 * One destination of an item. `open` means that a request may have left and nobody knows its outcome, `failed` that
 * it will not be tried again unless somebody asks for it.
 */
export interface PostRecord {
  readonly channelId: string;
  readonly state: 'open' | 'posted' | 'failed';
  /** Time at which the first request that may have been applied was about to leave, by the store's clock. */
  readonly intentAt: Date;
  /** The same time by Discord's clock; null where that was not known. */
  readonly discordAt: Date | null;
  /** Fingerprint of what was about to be sent, in the caller's own form; null where none was noted. */
  readonly fingerprint: string | null;
  /**
   * True once somebody has asked for another try with `ledger.retry`, while this one was not posted: where nobody can
   * tell whether the message exists, it is to be sent.
   */
  readonly mayRepeat: boolean;
  /** Null while open, and for a message that was deleted before its id was known. */
  readonly messageId: string | null;
  readonly error: string | null;
}

/** Options of a release. */
export interface ReleaseOptions {
  /** The error that the attempt failed with: the attempt counts. Left out, it does not. */
  readonly error?: string | undefined;
  /**
   * The trouble that the item waits for, where that is not the item's own: a channel that takes no posts, for example.
   * It is kept in place of an error, for people to see, and the attempt does not count. Give either this or `error`.
   */
  readonly reason?: string | undefined;
  /**
   * Nobody gets the item before this moment, whoever lists it, unless the clock is set back by more than two seconds
   * behind the release. Default: at once.
   */
  readonly retryAt?: Date | undefined;
}

/** The defaults of the options of a claim. */
export const defaultClaimOptions = {
  feed: 'default',
  leaseMs: 60_000,
  limit: 100,
} as const satisfies ClaimWaitingOptions;

/**
 * The claim lifecycle: `claim`, then `commit`, `release` or `fail`, with `renew` in between.
 *
 * A claim belongs to the store that it was granted to: another one cannot renew or settle it. Only a commit may be
 * repeated by anybody, after a restart for example.
 *
 * More than a thousand items or claims are written in parts, each of them whole or not at all, and the event loop runs
 * between two of them. Where a part fails, so does the call, and the parts before it stand; but `claim` and
 * `claimWaiting` give back what they had claimed.
 *
 * Everything throws a {@link SeenInputError} for an argument of a wrong type, and a {@link SeenStoreError} when the
 * database cannot be written.
 *
 * @example
 * const claims = await store.claim(items.map((item) => ({ id: item.guid, payload: item })), { feed: 'news' });
 * for (const claim of claims) {
 *   try {
 *     await post(claim.payload);
 *     await store.commit([claim]);
 *   } catch (error) {
 *     await store.release([claim], { error: String(error) });
 *   }
 * }
 */
export interface Claims {
  /**
   * Claims what is neither seen, nor failed, nor leased to a living owner, nor waiting for its retry. Atomic over
   * threads, processes and machines: one caller gets an item.
   *
   * The lease of a process that has died on this machine counts as free at once, any other when it runs out. An item
   * that was posted and then forgotten by a purge begins anew. An item keeps the feed that claimed it first.
   *
   * @returns The claims that were granted, in the order of the requests.
   * @throws {SeenInputError} for an id that cannot be one, a payload that JSON cannot hold, or a lease that cannot be
   *   one. Nothing was claimed.
   */
  claim(requests: readonly (string | ClaimRequest)[], options?: ClaimOptions): Promise<Claim[]>;

  /**
   * Claims items of the feed that are unfinished and due, whether or not the feed still lists them: those that were
   * released, and those whose owner died or lost its lease. The items that have been due for longest come first, so
   * that those which fail again and again keep none of the others waiting. Items whose pause ends at the same moment
   * come in the order of their places.
   *
   * @throws {SeenInputError} for a limit or a lease that cannot be one. Nothing was claimed.
   */
  claimWaiting(options?: ClaimWaitingOptions): Promise<Claim[]>;

  /**
   * Tells whether another living owner has a lease on an item of the same feed that comes before the claimed one. It is
   * a read, and cheap enough to be asked before each post.
   *
   * @throws {SeenInputError} for anything that is no claim.
   */
  isBehindOtherOwner(claim: Claim): Promise<boolean>;

  /**
   * Extends leases to `leaseMs` milliseconds from now.
   *
   * @throws {SeenClaimLostError} naming the claims that passed to another owner or had
   *   already ended. The others were renewed.
   */
  renew(claims: readonly Claim[], options?: Pick<ClaimOptions, 'leaseMs'>): Promise<void>;

  /**
   * Marks the items as seen: they were delivered. Committing a claim again does nothing. Deletes the stored payload and
   * enrichment; post records are kept.
   *
   * @throws {SeenClaimLostError} naming the claims that passed to another owner or had
   *   already ended. The others were committed.
   */
  commit(claims: readonly Claim[]): Promise<void>;

  /**
   * Gives the items back for a later attempt.
   *
   * @throws {SeenInputError} for options that cannot be, both an error and a reason for example. Nothing was released.
   * @throws {SeenClaimLostError} naming the claims that passed to another owner or had
   *   already ended. The others were released.
   */
  release(claims: readonly Claim[], options?: ReleaseOptions): Promise<void>;

  /**
   * Gives the items up: a dead letter, which nobody gets until `ledger.retry`.
   *
   * @param error The reason in words: `error.message`, not the error.
   * @throws {SeenClaimLostError} naming the claims that passed to another owner or had
   *   already ended. The others failed as told.
   */
  fail(claims: readonly Claim[], error: string): Promise<void>;
}
