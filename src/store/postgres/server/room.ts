/**
 * The connections of a pool that ordinary work may use at the same time: all but one, which is kept for elections. Of a
 * pool that has a single one, an election gets the next turn.
 */
export class Room {
  readonly #places: number;
  readonly #isSingle: boolean;
  #inside = 0;
  #elections = 0;
  #wake: () => void = () => undefined;

  /** @param max Connections of the pool, at most. */
  constructor(max: number) {
    this.#places = Math.max(1, max - 1);
    this.#isSingle = max <= 1;
  }

  /** Resolves once work may enter. One at a time waits. */
  async whenFree(): Promise<void> {
    while (!this.#isFree()) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#wake = resolve;
      await promise;
    }
  }

  enter(): void {
    this.#inside += 1;
  }

  leave(): void {
    this.#inside -= 1;
    this.#wake();
  }

  /** Lets an election wait for a connection, before all work that has not entered. */
  async before<Result>(election: () => Promise<Result>): Promise<Result> {
    this.#elections += 1;
    try {
      return await election();
    } finally {
      this.#elections -= 1;
      this.#wake();
    }
  }

  #isFree(): boolean {
    return this.#inside < this.#places && !(this.#isSingle && this.#elections > 0);
  }
}
