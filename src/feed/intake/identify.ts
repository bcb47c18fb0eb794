import { reasonOf, SeenInputError } from '../../store/errors.ts';
import { nextTurn, partsOf } from '../../store/turns.ts';
import type { Identity } from '../feed.ts';
import { isAlias, keyProblem } from './key-problem.ts';

/** An item that cannot be used, and why. */
export interface InvalidItem<Item> {
  readonly item: Item;
  /** The problem in words, of its key for example. */
  readonly reason: string;
}

/** An invalid item with the error: a function of the feed has thrown it, or it is about what that returned. */
export interface RefusedItem<Item> extends InvalidItem<Item> {
  readonly error: unknown;
}

/** An item with every id under which it may have been marked. The first is its key. */
export interface IdentifiedItem<Item> {
  readonly item: Item;
  readonly ids: readonly string[];
}

/** Items that can be used, and items that cannot. */
export interface Parted<Item, Valid> {
  readonly valid: Valid[];
  readonly invalid: RefusedItem<Item>[];
}

/** Parts the items that can be told apart from those whose key or aliases are no use. */
export async function identifyItems<Item>(
  items: readonly Item[],
  identity: Identity<Item>,
): Promise<Parted<Item, IdentifiedItem<Item>>> {
  const parted: Parted<Item, IdentifiedItem<Item>> = { valid: [], invalid: [] };
  for (const [index, part] of partsOf(items).entries()) {
    if (index > 0) await nextTurn();
    const { valid, invalid } = partItems(part, (item) => ({ item, ids: allIds(item, identity) }));
    parted.valid.push(...valid);
    parted.invalid.push(...invalid);
  }
  return parted;
}

/**
 * Parts items by whether they can be read.
 *
 * @param read Throws for an item that is invalid. It may be code of the caller: what it throws is a problem of this
 *   item only, and the others go on.
 */
export function partItems<Item, Valid>(items: readonly Item[], read: (item: Item) => Valid): Parted<Item, Valid> {
  const parted: Parted<Item, Valid> = { valid: [], invalid: [] };
  for (const item of items) {
    try {
      parted.valid.push(read(item));
    } catch (error) {
      parted.invalid.push({ item, reason: reasonOf(error), error });
    }
  }
  return parted;
}

/** The items without repeats, in input order. Of an item that is listed more than once, the last appearance counts. */
export function distinctItems<Item>(items: readonly Item[], identity: Identity<Item>): Item[] {
  return [...new Map(items.map((item) => [identity.key(item), item])).values()];
}

/**
 * Every id under which the item may have been marked, its key first. An alias that cannot be an id was never marked.
 *
 * @throws {SeenInputError} for a key that cannot be an id.
 */
export function allIds<Item>(item: Item, identity: Identity<Item>): string[] {
  const key = identity.key(item);
  const problem = keyProblem(key, item);
  if (problem !== undefined) throw new SeenInputError(problem);
  const aliases: unknown = identity.aliases?.(item) ?? [];
  if (!Array.isArray(aliases)) throw new SeenInputError(`aliases must be an array, but are of type ${typeof aliases}.`);
  return [key, ...aliases.filter(isAlias)];
}
