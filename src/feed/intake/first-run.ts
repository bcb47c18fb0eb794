import type { FirstRun } from '../options.ts';
import type { FirstRunDecision } from './decision.ts';
import { isBefore } from './coverage.ts';
import { later } from './item-facts.ts';

/** Batches of items that are not complete and that a first run waits for. */
const MAX_INCOMPLETE = 3;

/** Batches that a first run waits for refused items which may be new, so that their feed can be mended meanwhile. */
const MAX_REFUSED = 10;

/** The part of a batch that a first run is about. */
export interface FirstRunBatch<Item> {
  /** The categories that have not had their first run; null stands for all that were not asked for before. */
  readonly categories: readonly (string | null)[];
  /** The unseen items of these categories. */
  readonly items: readonly Item[];
  /** Items that the batch lists, of any category. */
  readonly listed: number;
  /** The time of the newest of them; null when none has a time. */
  readonly newestAt: Date | null;
  readonly complete: boolean;
  /** The times of the items that were refused and may be of these categories; null for one without a time. */
  readonly refusedTimes: readonly (Date | null)[];
}

/** The incomplete batches that a first run has seen. */
interface Waiting<Item> {
  readonly categories: string;
  readonly batches: number;
  /** Every item that one of them listed, by its key. */
  readonly items: ReadonlyMap<string, Item>;
  readonly newestAt: Date | null;
}

/**
 * Decides about the first run of a feed, or of categories that are new to it: everything that is listed looks new then.
 *
 * A first run waits for a complete batch, since what an incomplete one left out would be posted as new by the next. The
 * third incomplete batch that lists something has to do: a page that stays bad must not keep the feed silent for ever.
 *
 * Items that were refused are listed, and would be posted once the feed's code is mended. A first run waits for them,
 * unless it can be seen by their times later on that they are old: for ten batches, since an item that the source never
 * mends must not keep the feed silent for ever; and without end while no item can be used.
 */
export class FirstRuns<Item> {
  readonly #firstRun: FirstRun;
  readonly #key: (item: Item) => string;
  #waiting: Waiting<Item> | undefined;

  constructor(firstRun: FirstRun, key: (item: Item) => string) {
    this.#firstRun = firstRun;
    this.#key = key;
  }

  /** @returns Null when no category is new. */
  decide(batch: FirstRunBatch<Item>): FirstRunDecision<Item> | null {
    const { categories, complete, items } = batch;
    this.#waiting = categories.length === 0 ? undefined : this.#after(batch);
    if (this.#waiting === undefined) return null;
    const { batches, items: all, newestAt } = this.#waiting;
    const isBasis = complete || batches >= MAX_INCOMPLETE;
    const undecided = { categories, old: [], newest: [], oldBefore: null };
    // What is posted need not wait. Until the first run is over, the flood breaker does not see the rest of it.
    if (this.#firstRun === 'post') return { ...undecided, newest: items, isOver: isBasis && batch.listed > 0 };
    const areOld = batch.refusedTimes.every((time) => isBefore(time, newestAt));
    if (!isBasis || (!areOld && batches < MAX_REFUSED)) return { ...undecided, isOver: false };
    if (complete) return { ...undecided, ...this.#split(items), isOver: true };
    return { ...undecided, ...this.#split([...all.values()]), oldBefore: newestAt, isOver: true };
  }

  /** Items that only earlier batches listed come first: they are the older ones. */
  #after({ categories, items, listed, newestAt, complete }: FirstRunBatch<Item>): Waiting<Item> {
    const name = JSON.stringify(categories);
    const before = this.#waiting?.categories === name ? this.#waiting : undefined;
    const waiting = before ?? { categories: name, batches: 0, items: new Map<string, Item>(), newestAt: null };
    if (complete || listed === 0) return waiting;
    const present = new Map(items.map((item) => [this.#key(item), item]));
    const earlier = [...waiting.items].filter(([key]) => !present.has(key));
    return {
      categories: name,
      batches: waiting.batches + 1,
      items: new Map([...earlier, ...present]),
      newestAt: later(waiting.newestAt, newestAt),
    };
  }

  #split(items: readonly Item[]): Pick<FirstRunDecision<Item>, 'old' | 'newest'> {
    const newest = typeof this.#firstRun === 'number' ? this.#firstRun : 0;
    const firstNew = Math.max(items.length - newest, 0);
    return { old: items.slice(0, firstNew), newest: items.slice(firstNew) };
  }
}
