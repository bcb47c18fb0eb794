import { idProblem } from '../../store/ids.ts';
import { toJson } from '../../store/json.ts';
import { reasonOf } from '../../store/errors.ts';
import type { SeenLogger } from '../../store/logger.ts';
import type { Feed } from '../feed.ts';
import { allIds } from './prefilter.ts';

type ValidatedFeed<Item> = Pick<Feed<Item, unknown>, 'name' | 'key' | 'aliases'>;

/** Leaves out the items of a feed that cannot be delivered, and logs how many they are and what is wrong with one. */
export class ItemValidator<Item> {
  readonly #feed: ValidatedFeed<Item>;
  readonly #logger: SeenLogger;

  constructor(feed: ValidatedFeed<Item>, logger: SeenLogger) {
    this.#feed = feed;
    this.#logger = logger;
  }

  /** The items that can be told apart. */
  withValidKeys(items: readonly Item[]): Item[] {
    return this.#withoutProblem(items, (item) => {
      const problem = idProblem(this.#feed.key(item));
      allIds(item, this.#feed);
      return problem === undefined ? undefined : `a key ${problem}`;
    });
  }

  /** The items that JSON can hold. No other could be tried again. */
  serializable(items: readonly Item[]): Item[] {
    return this.#withoutProblem(items, (item) => {
      toJson(`the item ${this.#feed.key(item)}`, item);
      return undefined;
    });
  }

  #withoutProblem(items: readonly Item[], problemOf: (item: Item) => string | undefined): Item[] {
    const problems: string[] = [];
    const valid = items.filter((item) => {
      const problem = thrownOr(() => problemOf(item));
      if (problem !== undefined) problems.push(problem);
      return problem === undefined;
    });
    const { name: feed } = this.#feed;
    const [example] = problems;
    if (example !== undefined) this.#logger.warn('feed_items_refused', { feed, refused: problems.length, example });
    return valid;
  }
}

/** Code of the feed that throws is a problem of this item only, and the others go on. */
function thrownOr(problemOf: () => string | undefined): string | undefined {
  try {
    return problemOf();
  } catch (error) {
    return reasonOf(error);
  }
}
