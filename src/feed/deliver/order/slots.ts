import PQueue from 'p-queue';

/** Limits how many pieces of work run at the same time. They begin in the order in which they are given. */
export class Slots {
  readonly #queue: PQueue;

  constructor(count: number) {
    this.#queue = new PQueue({ concurrency: count });
  }

  /**
   * Runs the work once a slot is free.
   *
   * @param work Called with a function that gives up the slot before the work ends: for work that only waits.
   */
  async run<Result>(work: (giveUpSlot: () => void) => Promise<Result>): Promise<Result> {
    const givenUp = Promise.withResolvers<void>();
    const result = await this.#queue.add(async () => {
      const running = work(() => givenUp.resolve());
      await Promise.race([running, givenUp.promise]);
      return { running };
    });
    return result.running;
  }
}
