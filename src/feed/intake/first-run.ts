import type { FirstRun } from '../options.ts';
import type { Deliver, Mark, Wait } from './decision.ts';

/**
 * Decides about the first run of a feed, in which everything that is listed looks new.
 *
 * It waits for a batch that is complete and lists something: what an incomplete one left out would be posted as new by
 * the next.
 */
export function decideFirstRun<Item>(
  unseen: readonly Item[],
  complete: boolean,
  firstRun: FirstRun,
): Deliver<Item> | Mark<Item> | Wait {
  if (unseen.length === 0) return { kind: 'wait', listed: 0, complete };
  if (firstRun === 'post') return { kind: 'deliver', items: unseen };
  if (!complete) return { kind: 'wait', listed: unseen.length, complete };
  const newest = firstRun === 'mark' ? 0 : firstRun;
  const firstNew = Math.max(unseen.length - newest, 0);
  return { kind: 'mark', old: unseen.slice(0, firstNew), newest: unseen.slice(firstNew) };
}
