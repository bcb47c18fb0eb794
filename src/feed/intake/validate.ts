import { idProblem } from '../../store/core/ids.ts';
import { toJson } from '../../store/core/json.ts';
import type { SeenLogger } from '../../store/logger.ts';
import { reasonOf } from '../../store/errors.ts';
import type { Feed } from '../feed.ts';
import { allIds } from './prefilter.ts';

/** Tells the items that can be delivered from those that cannot, and says what is wrong with these. */
export class Usable<Item> {
  readonly #feed: Pick<Feed<Item, unknown>, 'name' | 'key' | 'aliases'>;
  readonly #logger: SeenLogger;

  constructor(feed: Pick<Feed<Item, unknown>, 'name' | 'key' | 'aliases'>, logger: SeenLogger) {
    this.#feed = feed;
    this.#logger = logger;
  }

  /** An item without a usable key cannot be told from others. */
  identifiable(items: readonly Item[]): Item[] {
    return this.#without(items, (item) => {
      const problem = idProblem(this.#feed.key(item));
      allIds(item, this.#feed);
      return problem === undefined ? undefined : `a key ${problem}`;
    });
  }

  /** An item that JSON cannot hold could not be tried again. */
  storable(items: readonly Item[]): Item[] {
    return this.#without(items, (item) => {
      toJson(`the item ${this.#feed.key(item)}`, item);
      return undefined;
    });
  }

  /** The feed's own code may throw: that is this item's problem, and the rest goes on. */
  #without(items: readonly Item[], problemOf: (item: Item) => string | undefined): Item[] {
    const problems: string[] = [];
    const usable = items.filter((item) => {
      const problem = attempt(() => problemOf(item));
      if (problem !== undefined) problems.push(problem);
      return problem === undefined;
    });
    const { name: feed } = this.#feed;
    const [example] = problems;
    if (example !== undefined) this.#logger.warn('feed_items_refused', { feed, refused: problems.length, example });
    return usable;
  }
}

function attempt(problemOf: () => string | undefined): string | undefined {
  try {
    return problemOf();
  } catch (error) {
    return reasonOf(error);
  }
}
