import type { PostRecord } from '../../store/contract/claims.ts';
import { LONGEST_PAUSE_MS } from '../backoff.ts';

/** Keys that are remembered, at most. Beyond that, those that were listed least recently are forgotten. */
const CAPACITY = 50_000;

/** An item as its feed calls it, and as the store does. */
export interface ItemName {
  readonly key: string;
  readonly id: string;
}

const NO_POST = { discordAt: null, fingerprint: null, mayRepeat: false, messageId: null, error: null } as const;

/** Progress on an unfinished item that the store may not have recorded. */
export class ItemMemory {
  readonly posts = new Map<string, PostRecord>();
  enrichment: unknown = undefined;
  /** Failed attempts without a claim. */
  attempts = 0;
  /** Time from which on an attempt without a claim may start, in milliseconds since the Unix epoch. */
  retryAt = 0;
  /** True while the store lacks a part of this. */
  storeIsBehind = false;

  /** Keeps what happened in a channel. The time of the first intent stays, by either clock. */
  note(post: Pick<PostRecord, 'channelId' | 'state'> & Partial<PostRecord>, now: number): void {
    const first = this.posts.get(post.channelId) ?? { ...NO_POST, intentAt: new Date(now), ...post };
    this.posts.set(post.channelId, {
      ...first,
      messageId: null,
      error: null,
      ...post,
      intentAt: first.intentAt,
      discordAt: first.discordAt ?? post.discordAt ?? null,
      fingerprint: post.fingerprint ?? first.fingerprint,
    });
  }
}

/**
 * The knowledge that this process has even while the store cannot be asked: enough to deliver an item at most once per
 * process, and to mark later the items that could not be marked in time. It knows the items of one feed, by their keys.
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

  /** Ids of items, as the store has them, that were delivered but not marked, because the store failed in between. */
  get unmarked(): readonly string[] {
    return [...this.#unmarked];
  }

  has(key: string): boolean {
    return this.#known.has(key);
  }

  /**
   * True once the item's next attempt without a claim may start. A longer pause than any was made by a clock that has been
   * set back since.
   */
  isDue(key: string, now: number): boolean {
    const retryAt = this.#items.get(key)?.retryAt ?? 0;
    return retryAt <= now || (retryAt > now + LONGEST_PAUSE_MS && retryAt < Infinity);
  }

  /** Learns the keys that were listed while the store answered, seen or not: an item under way is not new either. */
  prime(keys: Iterable<string>): void {
    this.#primed = true;
    for (const key of keys) this.#remember(key);
  }

  rememberUnmarked({ key, id }: ItemName): void {
    this.#remember(key);
    this.#unmarked.add(id);
  }

  /** Forgets that the ids were not marked: they are now. */
  dropUnmarked(ids: readonly string[]): void {
    for (const id of ids) this.#unmarked.delete(id);
  }

  /** The memory of one item, which begins when it is first asked for. */
  item(key: string): ItemMemory {
    const item = this.#items.get(key) ?? new ItemMemory();
    this.#items.set(key, item);
    return item;
  }

  dropItem(key: string): void {
    this.#items.delete(key);
  }

  #remember(key: string): void {
    this.#known.delete(key);
    this.#known.add(key);
    for (const oldest of this.#known) {
      if (this.#known.size <= CAPACITY) break;
      this.#known.delete(oldest);
    }
  }
}
