import type { SeenLogger } from '../../store/logger.ts';
import type { Feed } from '../feed.ts';

/**
 * Warns, once, of a batch that lists items with the same key and different content: they count as one item, and all but
 * one of them are never posted.
 */
export class SharedKeys<Item> {
  readonly #feed: Pick<Feed<Item, unknown>, 'name' | 'key'>;
  readonly #logger: SeenLogger;
  #hasWarned = false;

  constructor(feed: Pick<Feed<Item, unknown>, 'name' | 'key'>, logger: SeenLogger) {
    this.#feed = feed;
    this.#logger = logger;
  }

  /** @param items Items with valid keys, as the source lists them. */
  look(items: readonly Item[]): void {
    if (this.#hasWarned) return;
    const byKey = Map.groupBy(items, (item) => this.#feed.key(item));
    if (byKey.size === items.length) return;
    const shared = [...byKey].filter(([, listed]) => countDifferent(listed) > 1);
    const [key, listed] = shared.toSorted(([, one], [, other]) => other.length - one.length)[0] ?? [];
    if (key === undefined || listed === undefined) return;
    this.#hasWarned = true;
    const hint = 'They count as one item, and one of them is posted. If they are different items, mend key().';
    this.#logger.warn('feed_keys_shared', { feed: this.#feed.name, key, items: countDifferent(listed), hint });
  }
}

function countDifferent(items: readonly unknown[]): number {
  return items.length < 2 ? items.length : new Set(items.map(content)).size;
}

/** The item's JSON; nothing for an item that JSON cannot hold, which is refused later. */
function content(item: unknown): string | undefined {
  try {
    return JSON.stringify(item);
  } catch {
    return undefined;
  }
}
