import type { Hold } from '../../store/contract/holds.ts';

/** The first run's decision about the unseen items of categories that are new. `mark-old.ts` acts on it. */
export interface FirstRunDecision<Item> {
  /** False while the first run waits for a batch that can be relied on. */
  readonly isOver: boolean;
  /** The new categories; null stands for all that were not asked for before. */
  readonly categories: readonly (string | null)[];
  /** Items that are marked as seen without a post. */
  readonly old: readonly Item[];
  /** Items that are delivered. */
  readonly newest: readonly Item[];
  /** Items that an incomplete batch left out are old when published before this; null when none was left out. */
  readonly oldBefore: Date | null;
}

/** The flood breaker's decision about the other unseen items of a batch. `carry-out.ts` acts on it. */
export type FloodDecision<Item> = Deliver<Item> | OpenHold<Item> | KeepHold<Item> | EndHold<Item>;

/** Nothing is unusual. */
export interface Deliver<Item> {
  readonly kind: 'deliver';
  readonly items: readonly Item[];
}

/** Too many items are new: all unseen ones are kept back, and an admin is asked. */
export interface OpenHold<Item> {
  readonly kind: 'open-hold';
  readonly items: readonly Item[];
  /** The ids of those that the ledger does not know either. */
  readonly unknown: readonly string[];
  /** Items that the batch lists, seen ones included. */
  readonly listed: number;
  /** The share of the feed's items that had been seen over the last day. */
  readonly usuallySeen: number;
}

/** Nobody has decided about `hold` yet: all unseen items are kept back. */
export interface KeepHold<Item> {
  readonly kind: 'keep-hold';
  readonly hold: Hold;
  readonly items: readonly Item[];
  /** Ids that the answer is to cover as well. */
  readonly more: readonly string[];
  readonly listed: number;
}

/** An admin has decided about `hold`, which ends. */
export interface EndHold<Item> {
  readonly kind: 'end-hold';
  readonly hold: Hold;
  /** Those of the held items that the feed still lists. */
  readonly items: readonly Item[];
  /** The decision about the items that came after the question. */
  readonly rest: FloodDecision<Item>;
}
