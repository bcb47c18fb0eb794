import type { PostRecord } from '../../store/contract/claims.ts';

/** Ids that are remembered, at most. Beyond that, those that were listed least recently are forgotten. */
const CAPACITY = 50_000;

/** Progress on an unfinished item that the store may not have recorded. */
export class ItemMemory {
  readonly posts = new Map<string, PostRecord>();
  enrichment: unknown = undefined;
  /** Failed attempts without a claim. */
  attempts = 0;
  /** When the next attempt without a claim may start, in milliseconds since the Unix epoch. */
  retryAt = 0;
  /** True while the store lacks a part of this. */
  storeIsBehind = false;

  /** Keeps what happened in a channel. The time of the first intent stays. */
  note(post: Pick<PostRecord, 'channelId' | 'state'> & Partial<PostRecord>, now: number): void {
    const earlier = this.posts.get(post.channelId);
    const intentAt = earlier?.intentAt ?? new Date(now);
    this.posts.set(post.channelId, { intentAt, messageId: null, error: null, ...post });
  }
}

/**
 * The knowledge that this process has even while the store cannot be asked: enough to deliver an item at most once per
 * process, and to mark later the items that could not be marked in time.
 */
export class ProcessMemory {
  readonly #known = new Set<string>();
  readonly #unmarked = new Set<string>();
  readonly #items = new Map<string, ItemMemory>();
  #primed = false;

  /**
   * False until the store has answered once. Before that nothing tells which items are new, and to deliver them all
   * would flood the channel.
   */
  get primed(): boolean {
    return this.#primed;
  }

  /** Ids of items that were delivered but not marked, because the store failed in between. */
  get unmarked(): readonly string[] {
    return [...this.#unmarked];
  }

  has(id: string): boolean {
    return this.#known.has(id);
  }

  /** True once the item's next attempt without a claim may start. */
  isDue(id: string, now: number): boolean {
    return (this.#items.get(id)?.retryAt ?? 0) <= now;
  }

  /** Learns the ids that were listed while the store answered, seen or not: an item under way is not new either. */
  prime(ids: Iterable<string>): void {
    this.#primed = true;
    for (const id of ids) this.#remember(id);
  }

  rememberUnmarked(id: string): void {
    this.#remember(id);
    this.#unmarked.add(id);
  }

  /** Forgets that the ids were not marked: they are now. */
  dropUnmarked(ids: readonly string[]): void {
    for (const id of ids) this.#unmarked.delete(id);
  }

  /** The memory of one item, which begins when it is first asked for. */
  item(id: string): ItemMemory {
    const item = this.#items.get(id) ?? new ItemMemory();
    this.#items.set(id, item);
    return item;
  }

  dropItem(id: string): void {
    this.#items.delete(id);
  }

  #remember(id: string): void {
    this.#known.delete(id);
    this.#known.add(id);
    for (const oldest of this.#known) {
      if (this.#known.size <= CAPACITY) break;
      this.#known.delete(oldest);
    }
  }
}
