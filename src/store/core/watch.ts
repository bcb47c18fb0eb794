import type { Watch, WatchHistory } from '../rows.ts';
import { DAY_MS } from '../clock.ts';

/** The watched time of other feeds after which a feed without a cycle holds nothing back any more: 90 days. */
const RETIREMENT_MS = 90 * DAY_MS;

/**
 * The time that one look vouches for, in milliseconds: a day, or half a TTL where that is shorter. What goes beyond it
 * until the next look is a gap, which ages nothing.
 *
 * It is the time between two refreshes of an id that is still listed, as well.
 */
export function vouchedMs(ttlDays: number): number {
  return Math.min(DAY_MS, (ttlDays * DAY_MS) / 2);
}

/**
 * The moment at which something must have happened to be `ageMs` old by everybody's watch: the earliest of all feeds, as
 * nobody knows which feed an id belongs to. A feed that nobody has looked at yet, or a store that nobody watches, ages
 * nothing. What happened before the first look counts as watched: that look shows what is still listed.
 *
 * @returns Unix time in milliseconds; `-Infinity` when nothing is so old.
 */
export function cutOff({ store, feeds }: WatchHistory, ageMs: number, vouched: number): number {
  const retiredBefore = Math.max(...feeds.map(({ watches }) => watchedBefore(watches, RETIREMENT_MS, vouched)));
  const present = feeds.filter(({ lastCycle }) => lastCycle >= retiredBefore).map(({ watches }) => watches);
  const histories = store.length > 0 ? [store, ...present] : present;
  if (histories.length === 0) return -Infinity;
  return Math.min(...histories.map((watches) => watchedBefore(fromTheBeginning(watches), ageMs, vouched)));
}

function fromTheBeginning([first, ...rest]: readonly Watch[]): readonly Watch[] {
  return first === undefined ? [] : [{ ...first, since: 0 }, ...rest];
}

/**
 * The moment that lies `ageMs` of watched time before the last look.
 *
 * @param watches Oldest first.
 * @returns Unix time in milliseconds; `-Infinity` when less time was watched.
 */
export function watchedBefore(watches: readonly Watch[], ageMs: number, vouched: number): number {
  let left = ageMs;
  let next: Watch | undefined;
  for (const watch of watches.toReversed()) {
    const end = next === undefined ? watch.until : Math.min(watch.until + vouched, next.since);
    if (end - watch.since >= left) return end - left;
    left -= end - watch.since;
    next = watch;
  }
  return -Infinity;
}
