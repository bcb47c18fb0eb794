import type { Hold } from '../../store/contract/holds.ts';

/** The decision of a policy about the unseen items of a batch. `carryOut` alone acts on it. */
export type Decision<Item> = Deliver<Item> | Wait | Mark<Item> | OpenHold<Item> | KeepHold<Item> | EndHold<Item>;

/** Nothing is unusual. */
export interface Deliver<Item> {
  readonly kind: 'deliver';
  readonly items: readonly Item[];
}

/** The batch is no basis for a first run: nothing is delivered, and the cycle leaves no trace. */
export interface Wait {
  readonly kind: 'wait';
  /** Items that the batch lists. */
  readonly listed: number;
  readonly complete: boolean;
}

/** A first run: the old items are marked as seen without a post, the newest ones are delivered. */
export interface Mark<Item> {
  readonly kind: 'mark';
  readonly old: readonly Item[];
  readonly newest: readonly Item[];
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
  readonly rest: Decision<Item>;
}
