import type { FeedBatch } from 'sapphire-plugin-seen';

/** A batch with the time at which it was listed, or a list with that of each item. */
export type ListedBatch = FeedBatch<unknown> & { readonly listedAt: Date | readonly Date[] };

/**
 * A mailbox with room for one batch: what the source lists waits there while an earlier batch is delivered. A newer batch
 * joins the one that waits, so that nothing is lost. However long it waits, it has each item once: it grows by what is
 * new in the source, and not by the number of polls.
 */
export class Mailbox {
  readonly #keyOf: (item: unknown) => string;
  #waiting: ListedBatch | undefined;
  #filled = Promise.withResolvers<void>();

  /** @param keyOf The item's id. An error of it leaves the item to the feed, which refuses it. */
  constructor(keyOf: (item: unknown) => string) {
    this.#keyOf = keyOf;
  }

  put(batch: ListedBatch): void {
    this.#waiting = this.#waiting === undefined ? batch : this.#join(this.#waiting, batch);
    this.#filled.resolve();
  }

  /** Takes the batch, as soon as there is one; undefined once the signal has aborted. */
  async take(signal: AbortSignal): Promise<ListedBatch | undefined> {
    const wake = (): void => this.#filled.resolve();
    signal.addEventListener('abort', wake, { once: true });
    if (!signal.aborted) await this.#filled.promise;
    signal.removeEventListener('abort', wake);
    const batch = this.#waiting;
    this.#waiting = undefined;
    this.#filled = Promise.withResolvers();
    return signal.aborted ? undefined : batch;
  }

  /**
   * Everything that either of them lists, in the order of the newer one after what only the older one has. An item was
   * listed when the first of them listed it. The newer one says whether the source can be read, and the one that was read
   * better, or else the newer one, what it was asked for.
   */
  #join(older: ListedBatch, newer: ListedBatch): ListedBatch {
    const before = timed(older);
    const firstListed = new Map(before.map(({ item, listedAt }) => [this.#key(item), listedAt]));
    const keys = new Set(newer.items.map((item) => this.#key(item)));
    const dropped = before.filter(({ item }) => !keys.has(this.#key(item)));
    const listed = timed(newer).map(({ item, listedAt }) => ({
      item,
      listedAt: firstListed.get(this.#key(item)) ?? listedAt,
    }));
    const all = [...dropped, ...listed];
    const { categories } = betterRead(older, newer);
    return {
      ...newer,
      categories,
      items: all.map(({ item }) => item),
      complete: older.complete || newer.complete,
      listedAt: all.map(({ listedAt }) => listedAt),
    };
  }

  /** The key, or the item itself where it has none. */
  #key(item: unknown): unknown {
    try {
      return this.#keyOf(item);
    } catch {
      return item;
    }
  }
}

/** A batch of a source that could not be read has no categories, which would mean all of them. */
function betterRead(older: ListedBatch, newer: ListedBatch): ListedBatch {
  const newestFirst = [newer, older];
  const complete = newestFirst.find((batch) => batch.complete);
  return complete ?? newestFirst.find(({ items }) => items.length > 0) ?? newer;
}

function timed({ items, listedAt }: ListedBatch) {
  const newest = items.length - 1;
  if (listedAt instanceof Date) return items.map((item) => ({ item, listedAt }));
  return items.map((item, index) => ({ item, listedAt: listedAt[index] ?? listedAt[newest] ?? new Date(0) }));
}
