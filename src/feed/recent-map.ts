/** A map that keeps the entries which were set last, and forgets the others. */
export class RecentMap<Key, Value> extends Map<Key, Value> {
  readonly #capacity: number;

  /** @param capacity Entries that are kept, at most. */
  constructor(capacity: number) {
    super();
    this.#capacity = capacity;
  }

  /** Sets an entry, which is then the latest one. */
  override set(key: Key, value: Value): this {
    this.delete(key);
    super.set(key, value);
    for (const oldest of this.keys()) {
      if (this.size <= this.#capacity) break;
      this.delete(oldest);
    }
    return this;
  }
}
