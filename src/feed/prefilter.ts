import { idProblem } from '../store/ids.ts';
import type { SeenStore } from '../store/seen-store.ts';

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
  const distinct = distinctItems(items, identity);
  const idsOf = (item: Item): string[] => allIds(item, identity);
  const unknown = new Set(await store.filterUnseen(distinct.flatMap(idsOf)));
  const isUnseen = (item: Item): boolean => idsOf(item).every((id) => unknown.has(id));
  return { unseen: distinct.filter(isUnseen), seen: distinct.filter((item) => !isUnseen(item)) };
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
