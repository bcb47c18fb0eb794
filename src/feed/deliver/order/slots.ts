/** Limits how many pieces of work run at the same time. They begin in the order in which they are given. */
export class Slots {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(count: number) {
    this.#free = count;
  }

  /**
   * Runs the work once a slot is free.
   *
   * @param work Called with a function that gives up the slot before the work ends: for work that only waits.
   */
  async run<Result>(work: (giveUpSlot: () => void) => Promise<Result>): Promise<Result> {
    await this.#take();
    let isTaken = true;
    const giveUpSlot = (): void => {
      if (isTaken) this.#give();
      isTaken = false;
    };
    try {
      return await work(giveUpSlot);
    } finally {
      giveUpSlot();
    }
  }

  async #take(): Promise<void> {
    if (this.#free > 0) this.#free -= 1;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  /** Hands the slot to the work that has waited longest. */
  #give(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#free += 1;
    else next();
  }
}
