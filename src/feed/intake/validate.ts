import { toJson } from '../../store/json.ts';
import { SeenError } from '../../store/errors.ts';
import type { SeenLogger } from '../../store/logger.ts';
import type { Feed } from '../feed.ts';
import { allIds, partItems, type RefusedItem, type Parted } from './identify.ts';
import { requireFacts } from './item-facts.ts';

type ValidatedFeed<Item> = Pick<
  Feed<Item, unknown>,
  'name' | 'key' | 'aliases' | 'categories' | 'publishedAt' | 'isWhole'
>;

/** Items that can be delivered, and items that were left out. */
export interface ValidatedItems<Item> {
  readonly valid: Item[];
  readonly refused: readonly Item[];
}

/**
 * Leaves out the items of a feed that cannot be delivered, and logs how many they are and what is wrong with one: once,
 * until that changes.
 */
export class ItemValidator<Item> {
  readonly #feed: ValidatedFeed<Item>;
  readonly #logger: SeenLogger;
  /** The problems of the latest batch. */
  readonly #problems = new Map<'listed' | 'unseen', string>();

  constructor(feed: ValidatedFeed<Item>, logger: SeenLogger) {
    this.#feed = feed;
    this.#logger = logger;
  }

  /** Parts the items that can be told apart, and of which the feed can say what an intake has to know, from the others. */
  readable(items: readonly Item[]): ValidatedItems<Item> {
    const parted = partItems(items, (item) => {
      allIds(item, this.#feed);
      requireFacts(this.#feed, item);
      return item;
    });
    return this.#reported(parted, 'listed', items.length);
  }

  /** Parts the items that JSON can hold from the others, which could not be tried again. */
  serializable(items: readonly Item[]): ValidatedItems<Item> {
    const parted = partItems(items, (item) => {
      toJson(`the item ${this.#feed.key(item)}`, item);
      return item;
    });
    return this.#reported(parted, 'unseen', items.length);
  }

  /** An item that stays in the feed is refused in each batch, which is no news. */
  #reported({ valid, invalid }: Parted<Item, Item>, from: 'listed' | 'unseen', listed: number): ValidatedItems<Item> {
    const [first] = invalid;
    const problem = first === undefined ? '' : `${invalid.length} ${first.reason}`;
    const isNews = problem !== '' && problem !== this.#problems.get(from);
    this.#problems.set(from, problem);
    if (first !== undefined && isNews) this.#report({ refused: invalid.length, listed }, first);
    return { valid, refused: invalid.map(({ item }) => item) };
  }

  /** An error that the feed's own code has thrown is logged as a whole: it tells where. */
  #report(counts: { readonly refused: number; readonly listed: number }, { reason, error }: RefusedItem<Item>): void {
    const thrown = error instanceof SeenError ? {} : { error };
    this.#logger.warn('feed_items_refused', { feed: this.#feed.name, ...counts, example: reason, ...thrown });
  }
}
