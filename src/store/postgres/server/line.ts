/** Attempts that are made one after the other. The failure of one is that of all that have waited for it. */
export class Line {
  #last: Promise<unknown> = Promise.resolve();
  #failures = 0;
  #lastFailure: unknown;

  async next<Result>(attempt: () => Promise<Result>): Promise<Result> {
    const failures = this.#failures;
    const before = this.#last;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#last = promise;
    await before;
    try {
      if (this.#failures !== failures) throw this.#lastFailure;
      return await attempt();
    } catch (error) {
      if (this.#failures === failures) this.#failures += 1;
      this.#lastFailure = error;
      throw error;
    } finally {
      resolve();
    }
  }
}
