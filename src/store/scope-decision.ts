/** The first feed owns the ids that were there, whoever comes later, when it lists more known items than new ones. */
const PROVEN_SHARE = 0.5;

/**
 * The time after the first feed in which another one may show that the ids that were there are its own, in milliseconds:
 * 7 days. As long as that the ledger surely knows what the first one has posted since.
 */
const OPEN_MS = 604_800_000;

/** Facts about a database at the moment when a feed first asks for its scope. */
export interface ScopeFacts {
  /** Undefined while there is no plain feed. */
  readonly plain: PlainFeed | undefined;
  /** True when any id has been seen or claimed. */
  readonly hasIds: boolean;
  /** The share of the items that the feed lists which are known, and not as items of another feed: from 0 to 1. */
  readonly knownShare: number;
}

/** The plain feed, and the evidence for it. */
export interface PlainFeed {
  /** See `ScopeDecision`. */
  readonly evidence: number | null;
  /** Time since that decision, in milliseconds. */
  readonly ageMs: number;
}

/** The scope of a feed, decided once for good. */
export interface ScopeDecision {
  readonly isPlain: boolean;
  /** The known share that the decision goes by; null when nothing that was there can be the feed's. */
  readonly evidence: number | null;
  /** True when the ids that were there belong to this feed rather than to the plain one, and count for it as well. */
  readonly inherits: boolean;
}

/**
 * Decides how the ids of a feed that is new to the database are stored.
 *
 * The first feed is plain: a database with one feed is what it was before there were scopes. The ids that another
 * program left behind are nobody's, and become those of the first feed with it. Unless that one has proven them its own,
 * they are those of a later feed that lists more of them.
 */
export function decideScope({ plain, hasIds, knownShare }: ScopeFacts): ScopeDecision {
  if (plain === undefined) return { isPlain: true, evidence: hasIds ? knownShare : null, inherits: false };
  const inherits = isOpen(plain) && knownShare > (plain.evidence ?? 1);
  return { isPlain: false, evidence: inherits ? knownShare : null, inherits };
}

/** True while nobody knows whose the ids are that were there before the plain feed. */
function isOpen({ evidence, ageMs }: PlainFeed): boolean {
  return evidence !== null && evidence < PROVEN_SHARE && ageMs < OPEN_MS;
}
