import { idProblem } from '../../store/core/ids.ts';
import type { SeenStore } from '../../store/contract/seen-store.ts';

/** How an item is known. */
export interface Identity<Item> {
  /** The identity of an item. */
  key(item: Item): string;
  /** Other ids under which the item may have been marked. Default: none. */
  aliases?(item: Item): readonly string[];
}

export interface Prefiltered<Item> {
  /** Items that were not seen under any id, in input order, repeats dropped. */
  readonly unseen: Item[];
  /** Items that were seen. */
  readonly seen: Item[];
}

/**
 * Drops what must not be enriched and posted again. One question to the store, however many items.
 *
 * This is the whole prefilter, for bots with a loop of their own; `FeedListener` uses it too.
 *
 * @throws {SeenStoreError} when the store cannot be read.
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

/** One item a key, in input order; the last appearance counts. */
export function distinctItems<Item>(items: readonly Item[], identity: Identity<Item>): Item[] {
  return [...new Map(items.map((item) => [identity.key(item), item])).values()];
}

/** Every id under which the item may have been marked. What cannot be an id was never marked. */
export function allIds<Item>(item: Item, identity: Identity<Item>): string[] {
  const aliases = identity.aliases?.(item) ?? [];
  return [identity.key(item), ...aliases.filter((alias) => idProblem(alias) === undefined)];
}
