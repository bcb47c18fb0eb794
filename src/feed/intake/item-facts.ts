import { DAY_MS } from '../../store/clock.ts';
import { SeenInputError } from '../../store/errors.ts';
import type { Feed } from '../feed.ts';

type TimesOfFeed<Item> = Pick<Feed<Item, unknown>, 'publishedAt'>;

/** The functions with which a feed says more of an item than which one it is. */
type FactsOfFeed<Item> = Pick<Feed<Item, unknown>, 'categories' | 'publishedAt' | 'isWhole'>;

/**
 * The categories of an item.
 *
 * @throws {SeenInputError} when the feed names anything but categories.
 */
export function categoriesOf<Item>(feed: Pick<Feed<Item, unknown>, 'categories'>, item: Item): readonly string[] {
  const given: unknown = feed.categories?.(item) ?? [];
  if (Array.isArray(given) && given.every((category) => typeof category === 'string')) return given;
  throw new SeenInputError('categories() must return a list of strings.');
}

/** The time at which the source published an item. Feeds are full of dates that are none: such an item has no time. */
export function publishedAt<Item>(feed: TimesOfFeed<Item>, item: Item): Date | null {
  const given: unknown = feed.publishedAt?.(item);
  return given instanceof Date && !Number.isNaN(given.getTime()) ? given : null;
}

/** Items, and the time at which the source was read that lists them. */
interface ListedItems<Item> {
  readonly items: readonly Item[];
  readonly listedAt: Date;
}

/** The time of the item that was published last; null when none has a time. */
export function newestTime<Item>(feed: TimesOfFeed<Item>, listed: ListedItems<Item>): Date | null {
  return upToListing(credibleTimes(feed, listed).reduce(later, null), listed);
}

/** The time of the item that was published first; null when none has a time. */
export function oldestTime<Item>(feed: TimesOfFeed<Item>, listed: ListedItems<Item>): Date | null {
  return upToListing(credibleTimes(feed, listed).reduce(earlier, null), listed);
}

/** A source with a wrong time zone is up to a day ahead. A time beyond that says nothing. */
function credibleTimes<Item>(feed: TimesOfFeed<Item>, { items, listedAt }: ListedItems<Item>): Date[] {
  const end = listedAt.getTime() + DAY_MS;
  const times = items.map((item) => publishedAt(feed, item)).filter((time) => time !== null);
  return times.filter((time) => time.getTime() <= end);
}

/** Nothing has been published after it was listed. A bound in the future would make old items of tomorrow's news. */
function upToListing(time: Date | null, { listedAt }: ListedItems<unknown>): Date | null {
  return time === null ? null : earlier(time, listedAt);
}

/** The later of two times; null when there is none. */
export function later(one: Date | null, other: Date | null): Date | null {
  if (one === null || other === null) return one ?? other;
  return one >= other ? one : other;
}

function earlier(one: Date | null, other: Date | null): Date | null {
  if (one === null || other === null) return one ?? other;
  return one <= other ? one : other;
}

/** False for an item that may be listed in part. */
export function isWhole<Item>(feed: Pick<Feed<Item, unknown>, 'isWhole'>, item: Item): boolean {
  return feed.isWhole?.(item) ?? true;
}

/**
 * Asks the feed for everything that it says of an item, before anything depends on the answer.
 *
 * @throws What the feed's functions throw.
 */
export function requireFacts<Item>(feed: FactsOfFeed<Item>, item: Item): void {
  categoriesOf(feed, item);
  publishedAt(feed, item);
  isWhole(feed, item);
}
