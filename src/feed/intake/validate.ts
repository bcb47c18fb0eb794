import { toJson } from '../../store/json.ts';
import type { SeenLogger } from '../../store/logger.ts';
import type { Feed } from '../feed.ts';
import { allIds, partItems, type Parted } from './identify.ts';
import { requireFacts } from './item-facts.ts';

type ValidatedFeed<Item> = Pick<
  Feed<Item, unknown>,
  'name' | 'key' | 'aliases' | 'categories' | 'publishedAt' | 'isWhole'
>;

/** Leaves out the items of a feed that cannot be delivered, and logs how many they are and what is wrong with one. */
export class ItemValidator<Item> {
  readonly #feed: ValidatedFeed<Item>;
  readonly #logger: SeenLogger;

  constructor(feed: ValidatedFeed<Item>, logger: SeenLogger) {
    this.#feed = feed;
    this.#logger = logger;
  }

  /** The items that can be told apart, and of which the feed can say what an intake has to know. */
  readable(items: readonly Item[]): Item[] {
    const parted = partItems(items, (item) => {
      allIds(item, this.#feed);
      requireFacts(this.#feed, item);
      return item;
    });
    return this.#reported(parted);
  }

  /** The items that JSON can hold. No other could be tried again. */
  serializable(items: readonly Item[]): Item[] {
    const parted = partItems(items, (item) => {
      toJson(`the item ${this.#feed.key(item)}`, item);
      return item;
    });
    return this.#reported(parted);
  }

  #reported<Valid>({ valid, invalid }: Parted<Item, Valid>): Valid[] {
    const { name: feed } = this.#feed;
    const [first] = invalid;
    if (first !== undefined) {
      this.#logger.warn('feed_items_refused', { feed, refused: invalid.length, example: first.reason });
    }
    return valid;
  }
}
