import type { Ledger, LedgerEntry } from './contract/ledger.ts';
import type { Scopes } from './contract/scopes.ts';
import type { SeenStore } from './contract/seen-store.ts';
import { scopedId } from './scoped-id.ts';

/** An item that somebody named by its key, as the store knows it. */
export interface FoundItem {
  /** The feed that it belongs to; undefined where there is only one, or none is known. */
  readonly feed: string | undefined;
  /** The id of its entry in the ledger, or else the one under which it is seen. */
  readonly id: string;
  readonly seen: boolean;
  /** Null for an item that the ledger does not know. */
  readonly entry: LedgerEntry | null;
}

type KnownItem = Omit<FoundItem, 'feed'>;

/** As much of a store as tells about items. */
export interface ItemLookup extends Pick<SeenStore, 'filterUnseen'> {
  readonly ledger: Pick<Ledger, 'find'>;
  readonly scopes: Pick<Scopes, 'list'>;
}

/**
 * Finds the items with this key: one in each feed, at most, because feeds may number their items alike. The item that
 * is stored by its key comes first.
 */
export async function findItems(store: ItemLookup, key: string): Promise<FoundItem[]> {
  const scopes = await store.scopes.list();
  const byKey = await lookUp(store, key);
  // Whoever claimed it under the key alone, in an earlier version perhaps, has it; a mere mark is the plain feed's.
  const owner = byKey.entry?.feed ?? scopes.find(({ isPlain }) => isPlain)?.feed;
  const found = new Map([[owner, byKey]]);
  for (const { feed } of scopes) {
    const scoped = await lookUp(store, scopedId(feed, key));
    found.set(feed, merge(found.get(feed), scoped));
  }
  return [...found]
    .filter(([, { seen, entry }]) => seen || entry !== null)
    .map(([feed, { id, seen, entry }]) => ({ feed: scopes.length > 1 ? feed : undefined, id, seen, entry }));
}

async function lookUp(store: ItemLookup, id: string): Promise<KnownItem> {
  // Not isSeen(), which says false for a store that cannot answer.
  const isSeen = (await store.filterUnseen([id])).length === 0;
  return { id, seen: isSeen, entry: await store.ledger.find(id) };
}

/** One item that the store may have under two ids: the one with an entry tells more. */
function merge(byKey: KnownItem | undefined, scoped: KnownItem): KnownItem {
  if (byKey === undefined) return scoped;
  const { id, entry } = byKey.entry === null && (scoped.entry !== null || scoped.seen) ? scoped : byKey;
  return { id, entry, seen: byKey.seen || scoped.seen };
}
