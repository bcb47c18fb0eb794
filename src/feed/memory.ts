/** Ids kept: about a week of EDGAR. */
const CAPACITY = 50_000;

/**
 * What this process knows even while the store cannot be asked: enough to deliver an item at most once a process, and
 * to mark later what could not be marked in time.
 */
export class ProcessMemory {
  readonly #known = new Set<string>();
  readonly #unmarked = new Set<string>();
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

  /** Takes in what was listed while the store answered, seen or not: what is under way is not new either. */
  remember(ids: Iterable<string>): void {
    this.#primed = true;
    for (const id of ids) {
      this.#known.delete(id);
      this.#known.add(id);
    }
    for (const oldest of this.#known) {
      if (this.#known.size <= CAPACITY) break;
      this.#known.delete(oldest);
    }
  }

  rememberUnmarked(id: string): void {
    this.remember([id]);
    this.#unmarked.add(id);
  }

  markedAll(ids: readonly string[]): void {
    for (const id of ids) this.#unmarked.delete(id);
  }
}
