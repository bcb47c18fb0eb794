import type { IntakeContext } from './item-ids.ts';
import { isWhole } from './item-facts.ts';

/** Batches that say nothing and that an item waits through. */
const MAX_SILENT = 3;

/** An item that waits, as it was listed. */
interface Waiting<Item> {
  readonly item: Item;
  /** Batches since then that said nothing. */
  readonly silent: number;
}

/** Items that are ready to be delivered, and items that wait for the next batch. */
export interface PartedByReadiness<Item> {
  readonly ready: readonly Item[];
  readonly waiting: readonly Item[];
}

/**
 * The items of which the source may have listed a part only, and which wait for another look at the source: most are
 * whole there. A batch that could not be read is no look, and an item waits through three of these at most. They are in
 * memory alone, since a process that starts anew finds them unseen.
 */
export class PartialItems<Item> {
  readonly #context: IntakeContext<Item>;
  readonly #waiting = new Map<string, Waiting<Item>>();

  constructor(context: IntakeContext<Item>) {
    this.#context = context;
  }

  /** The items that wait for this batch, as they were listed. */
  get items(): Item[] {
    return [...this.#waiting.values()].map(({ item }) => item);
  }

  /** True for an item that has waited. */
  has(item: Item): boolean {
    return this.#waiting.has(this.#context.feed.key(item));
  }

  /**
   * Parts news by whether it is to wait. An item waits for one look, and one that the ledger knows does not any more.
   *
   * @param wasRead False for a batch that says nothing of the items.
   */
  async part(news: readonly Item[], wasRead: boolean): Promise<PartedByReadiness<Item>> {
    const { store, ids } = this.#context;
    const { waiting: partial } = this.partUnclaimed(news, wasRead);
    const unknown = new Set(await store.ledger.filterUnknown(partial.map((item) => ids.of(item))));
    const waiting = new Set(partial.filter((item) => unknown.has(ids.of(item))));
    return { ready: news.filter((item) => !waiting.has(item)), waiting: [...waiting] };
  }

  /** Parts news of which none can have been claimed. */
  partUnclaimed(news: readonly Item[], wasRead: boolean): PartedByReadiness<Item> {
    const { feed } = this.#context;
    const isReady = (item: Item): boolean => isWhole(feed, item) || this.#hasWaited(item, wasRead);
    const parted = Map.groupBy(news, isReady);
    return { ready: parted.get(true) ?? [], waiting: parted.get(false) ?? [] };
  }

  /** Lets items wait. One that waits already has waited through a batch that said nothing. */
  add(items: readonly Item[]): void {
    for (const [key, waiting] of this.#after(items)) this.#waiting.set(key, waiting);
  }

  /** Lets nothing wait but these items. */
  replace(items: readonly Item[]): void {
    const waiting = this.#after(items);
    this.#waiting.clear();
    for (const [key, one] of waiting) this.#waiting.set(key, one);
  }

  #hasWaited(item: Item, wasRead: boolean): boolean {
    const waiting = this.#waiting.get(this.#context.feed.key(item));
    return waiting !== undefined && (wasRead || waiting.silent >= MAX_SILENT);
  }

  #after(items: readonly Item[]): [string, Waiting<Item>][] {
    return items.map((item) => {
      const key = this.#context.feed.key(item);
      const before = this.#waiting.get(key);
      return [key, { item, silent: before === undefined ? 0 : before.silent + 1 }];
    });
  }
}
