/** The progress of a transfer. */
export interface TransferProgress {
  /** Rows looked at so far, of all tables. One that both sides have counts once. */
  readonly rows: number;
  /** Rows that are left, as far as that is known: a server only estimates how many it has. */
  readonly left: number;
  /** Rows that were written or deleted, because they differed. */
  readonly changed: number;
}

/** The numbers of a transfer. */
export class Tally {
  /** Rows that were written or deleted. */
  changed = 0;
  #rows = 0;
  #ofSource = 0;
  #ofTarget = 0;
  readonly #expected: { readonly ofSource: number; readonly ofTarget: number };

  /** @param ofSource Rows that the source has, as far as that is known; and those that the target has. */
  constructor(ofSource: number, ofTarget: number) {
    this.#expected = { ofSource, ofTarget };
  }

  /** Rows of the source that were looked at. */
  get ofSource(): number {
    return this.#ofSource;
  }

  /** Both sides are read to their end: the one that has more left decides. */
  get progress(): TransferProgress {
    const left = [this.#expected.ofSource - this.#ofSource, this.#expected.ofTarget - this.#ofTarget];
    return { rows: this.#rows, left: Math.max(0, ...left), changed: this.changed };
  }

  /**
   * Counts a row that was looked at.
   *
   * @param order Negative for one that the target lacks, positive for one that the source lacks.
   */
  count(order: number): void {
    this.#rows += 1;
    if (order <= 0) this.#ofSource += 1;
    if (order >= 0) this.#ofTarget += 1;
  }
}
