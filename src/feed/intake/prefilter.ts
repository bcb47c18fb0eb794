import type { SeenStore } from '../../store/contract/seen-store.ts';
import { nextTurn, TURN_SIZE } from '../../store/turns.ts';
import type { Identity } from '../feed.ts';
import { identifyItems, type IdentifiedItem, type InvalidItem } from './identify.ts';

/** Items, parted by whether they were seen. */
export interface Prefiltered<Item> {
  /** Items that were not seen under any of their ids, in input order, without repeats. */
  readonly unseen: Item[];
  /** Items that were seen. */
  readonly seen: Item[];
  /**
   * Items without a key that can be an id, or whose `key` or `aliases` throws, each with the reason. Nobody can tell
   * whether they were seen: log them, and do not post them.
   */
  readonly invalid: InvalidItem<Item>[];
}

/**
 * Parts the items that must not be enriched and posted again from those that are new. It asks the store once, and once
 * more for the aliases of items whose key it does not know. An item that cannot be told apart from others holds up none
 * of them: it is in `invalid`.
 *
 * This is the whole prefilter, for bots with a loop of their own. A `FeedListener` does it by itself. Keys and aliases
 * are the ids that it asks for, as they are: where two loops number their items alike, let `key` name the feed as well.
 *
 * @throws {SeenStoreError} when the store cannot be read.
 * @example
 * ```ts
 * const { unseen, invalid } = await prefilter(requireSeenStore(), items, { key: (item) => item.guid });
 * for (const { reason } of invalid) container.logger.warn(`left out: ${reason}`);
 * for (const item of unseen) {
 *   await post(item);
 *   await requireSeenStore().markSeen(item.guid);
 * }
 * ```
 */
export async function prefilter<Item>(
  store: Pick<SeenStore, 'filterUnseen'>,
  items: readonly Item[],
  identity: Identity<Item>,
): Promise<Prefiltered<Item>> {
  const { valid, invalid } = await identifyItems(items, identity);
  return partBySeen(store, { valid, invalid: invalid.map(({ item, reason }) => ({ item, reason })) });
}

/** Parts identified items by whether they were seen under any of their ids. The first of these tells repeats apart. */
export async function partBySeen<Item>(
  store: Pick<SeenStore, 'filterUnseen'>,
  { valid, invalid }: Pick<Prefiltered<Item>, 'invalid'> & { readonly valid: readonly IdentifiedItem<Item>[] },
): Promise<Prefiltered<Item>> {
  // The caller has just spent this turn of the event loop on the ids of so many items.
  if (valid.length > TURN_SIZE) await nextTurn();
  // Of an item that is listed more than once, the last appearance counts.
  const distinct = [...new Map(valid.map((one) => [one.ids[0], one])).values()];
  const unseen = await withoutSeen(store, await withoutSeen(store, distinct, keyOf), aliasesOf);
  const isUnseen = new Set(unseen);
  const result: Prefiltered<Item> = { unseen: [], seen: [], invalid };
  for (const one of distinct) result[isUnseen.has(one) ? 'unseen' : 'seen'].push(one.item);
  return result;
}

/** Leaves out the items that were seen under one of these ids. The store is asked only if there are any. */
async function withoutSeen<Item>(
  store: Pick<SeenStore, 'filterUnseen'>,
  items: readonly IdentifiedItem<Item>[],
  idsOf: (item: IdentifiedItem<Item>) => readonly string[],
): Promise<readonly IdentifiedItem<Item>[]> {
  const ids = items.flatMap(idsOf);
  if (ids.length === 0) return items;
  const unknown = new Set(await store.filterUnseen(ids));
  return items.filter((item) => idsOf(item).every((id) => unknown.has(id)));
}

const keyOf = ({ ids }: IdentifiedItem<unknown>): readonly string[] => ids.slice(0, 1);

/** Most items of a feed were seen under their key, so that the store need not be asked for their aliases. */
const aliasesOf = ({ ids }: IdentifiedItem<unknown>): readonly string[] => ids.slice(1);
