import type { PostRecord } from '../../store/contract/claims.ts';

/** Ids kept: about a week of EDGAR. */
const CAPACITY = 50_000;

/** What this process did for an item that it is not done with. */
export class Progress {
  readonly posts = new Map<string, PostRecord>();
  enrichment: unknown = undefined;
  /** Attempts without a claim. */
  attempts = 0;
  retryAt = 0;
  /** Whether the store missed a part of this. */
  isMissed = false;

  note(post: Pick<PostRecord, 'channelId' | 'state'> & Partial<PostRecord>, now: number): void {
    const earlier = this.posts.get(post.channelId);
    const intentAt = earlier?.intentAt ?? new Date(now);
    this.posts.set(post.channelId, { intentAt, messageId: null, error: null, ...post });
  }
}

/**
 * What this process knows even while the store cannot be asked: enough to deliver an item at most once a process, and
 * to mark later what could not be marked in time.
 */
export class ProcessMemory {
  readonly #known = new Set<string>();
  readonly #unmarked = new Set<string>();
  readonly #progress = new Map<string, Progress>();
  #primed = false;

  /**
   * False until the store has answered once. Before, nothing tells what is new, and delivering everything would flood
   * the channel.
   */
  get primed(): boolean {
    return this.#primed;
  }

  /** Delivered, but not marked: the store failed in between. */
  get unmarked(): readonly string[] {
    return [...this.#unmarked];
  }

  has(id: string): boolean {
    return this.#known.has(id);
  }

  /** Whether the item's next attempt may begin. */
  isDue(id: string, now: number): boolean {
    return (this.#progress.get(id)?.retryAt ?? 0) <= now;
  }

  /** Takes in what was listed while the store answered, seen or not: what is under way is not new either. */
  prime(ids: Iterable<string>): void {
    this.#primed = true;
    for (const id of ids) this.remember(id);
  }

  remember(id: string): void {
    this.#known.delete(id);
    this.#known.add(id);
    for (const oldest of this.#known) {
      if (this.#known.size <= CAPACITY) break;
      this.#known.delete(oldest);
    }
  }

  rememberUnmarked(id: string): void {
    this.remember(id);
    this.#unmarked.add(id);
  }

  markedAll(ids: readonly string[]): void {
    for (const id of ids) this.#unmarked.delete(id);
  }

  /** The item's, begun when there is none. */
  progressOf(id: string): Progress {
    const progress = this.#progress.get(id) ?? new Progress();
    this.#progress.set(id, progress);
    return progress;
  }

  dropProgress(id: string): void {
    this.#progress.delete(id);
  }
}
