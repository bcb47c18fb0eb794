import type { SeenStore } from '../../store/contract/seen-store.ts';
import { idProblem } from '../../store/ids.ts';
import type { Identity } from '../feed.ts';

/** Items, parted by whether they were seen. */
export interface Prefiltered<Item> {
  /** Items that were not seen under any of their ids, in input order, without repeats. */
  readonly unseen: Item[];
  /** Items that were seen. */
  readonly seen: Item[];
}

/**
 * Parts the items that must not be enriched and posted again from those that are new. It asks the store once, however
 * many items there are.
 *
 * This is the whole prefilter, for bots with a loop of their own. A `FeedListener` does it by itself.
 *
 * @throws {SeenInputError} for a key that cannot be an id.
 * @throws {SeenStoreError} when the store cannot be read.
 * @example
 * ```ts
 * const { unseen } = await prefilter(container.seen, items, { key: (item) => item.guid });
 * for (const item of unseen) {
 *   await post(item);
 *   await container.seen.markSeen(item.guid);
 * }
 * ```
 */
export async function prefilter<Item>(
  store: Pick<SeenStore, 'filterUnseen'>,
  items: readonly Item[],
  identity: Identity<Item>,
): Promise<Prefiltered<Item>> {
  const known = distinctItems(items, identity).map((item) => ({ item, ids: allIds(item, identity) }));
  const unknown = new Set(await store.filterUnseen(known.flatMap(({ ids }) => ids)));
  const result: Prefiltered<Item> = { unseen: [], seen: [] };
  for (const { item, ids } of known) result[ids.every((id) => unknown.has(id)) ? 'unseen' : 'seen'].push(item);
  return result;
}

/** The items without repeats, in input order. Of an item that is listed more than once, the last appearance counts. */
export function distinctItems<Item>(items: readonly Item[], identity: Identity<Item>): Item[] {
  return [...new Map(items.map((item) => [identity.key(item), item])).values()];
}

/** Every id under which the item may have been marked. An alias that cannot be an id was never marked. */
export function allIds<Item>(item: Item, identity: Identity<Item>): string[] {
  const aliases = identity.aliases?.(item) ?? [];
  return [identity.key(item), ...aliases.filter((alias) => idProblem(alias) === undefined)];
}
