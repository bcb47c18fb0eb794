/** A connection to be cut at a statement, so that its client cannot tell what became of it. */
export interface Cut {
  /** Matched against each statement that a client sends. */
  readonly matching: RegExp;
  /** Counts the matching statements, from 1. Default: 1, the next. */
  readonly nth?: number;
  /**
   * The moment: `before` the server has seen the statement, when it was `sent`, or when the server has `executed` it,
   * of which the answer is lost. Default: `executed`.
   */
  readonly when?: 'before' | 'sent' | 'executed';
}

/** Faults that are present between clients and server. */
export class Faults {
  /** The time that each piece of a connection takes in either direction, in milliseconds. */
  delayMs = 0;
  losesRequests = false;
  losesAnswers = false;
  #cuts: { readonly cut: Cut; left: number }[] = [];

  arm(cut: Cut): void {
    this.#cuts.push({ cut, left: cut.nth ?? 1 });
  }

  /** The moment at which this statement's connection is to be cut. Each cut is made once. */
  cutAt(statement: string): NonNullable<Cut['when']> | undefined {
    const matching = this.#cuts.filter(({ cut }) => cut.matching.test(statement));
    for (const armed of matching) armed.left--;
    const due = matching.find(({ left }) => left <= 0);
    this.#cuts = this.#cuts.filter((armed) => armed !== due);
    return due && (due.cut.when ?? 'executed');
  }

  clear(): void {
    this.delayMs = 0;
    this.losesRequests = false;
    this.losesAnswers = false;
    this.#cuts = [];
  }
}
