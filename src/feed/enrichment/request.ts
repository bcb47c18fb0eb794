import { monotonicNow, sleepUnlessAborted, type Clock } from '../../store/clock.ts';
import { toJson } from '../../store/json.ts';
import type { Feed } from '../feed.ts';
import type { Expense } from './budget.ts';

/** The end of a request: an enrichment, or the error that it failed with. */
export type Answer<Enrichment> = { readonly enrichment: Enrichment } | { readonly error: unknown };

interface RequestContext<Item, Enrichment> {
  readonly feed: Feed<Item, Enrichment>;
  readonly clock: Clock;
}

/** One call of a feed's `enrich`. It may outlive the wait for it, whether or not it listens to its signal. */
export class EnrichmentRequest<Enrichment> {
  readonly #clock: Clock;
  readonly #startedAt: number;
  readonly #unwanted = new AbortController();
  readonly #answer: Promise<Answer<Enrichment>>;

  /** @param signal Aborts the request as well. */
  private constructor(clock: Clock, ask: (signal: AbortSignal) => Promise<Enrichment>, signal: AbortSignal) {
    this.#clock = clock;
    this.#startedAt = monotonicNow(clock);
    this.#answer = answerOf(() => ask(AbortSignal.any([signal, this.#unwanted.signal])));
  }

  /** Starts the request, whose end settles the expense. */
  static start<Item, Enrichment>(
    { feed, clock }: RequestContext<Item, Enrichment>,
    item: Item,
    expense: Expense,
    signal: AbortSignal,
  ): EnrichmentRequest<Enrichment> {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the caller made sure that the feed enriches
    const ask = async (both: AbortSignal) => (await feed.enrich?.(item, both, expense.meter)) as Enrichment;
    return new EnrichmentRequest(clock, (both) => settled(expense, () => ask(both)), signal);
  }

  /** Milliseconds since it started. */
  get ageMs(): number {
    return monotonicNow(this.#clock) - this.#startedAt;
  }

  /**
   * Waits for the answer.
   *
   * @param ms Longest wait, in milliseconds.
   * @param options.ref Whether the wait keeps the process alive. Default: true.
   * @returns Undefined when the time was up, or the signal aborted, before that.
   */
  async within(
    ms: number,
    signal: AbortSignal,
    options?: { readonly ref?: boolean },
  ): Promise<Answer<Enrichment> | undefined> {
    const over = new AbortController();
    const timeUp = sleepUnlessAborted(this.#clock, Math.max(0, ms), AbortSignal.any([signal, over.signal]), options);
    try {
      return await Promise.race([this.#answer, timeUp.then(() => undefined)]);
    } finally {
      over.abort();
    }
  }

  /** Aborts a request that nobody waits for any more. */
  abort(): void {
    this.#unwanted.abort();
  }
}

/** Settles the expense once the enrichment has ended. */
async function settled<Enrichment>(expense: Expense, ask: () => Promise<Enrichment>): Promise<Enrichment> {
  let isMade = false;
  try {
    const enrichment = await ask();
    isMade = true;
    return enrichment;
  } finally {
    expense.settle(isMade);
  }
}

/** Never rejects. What JSON cannot hold is no enrichment: it could not be stored. */
async function answerOf<Enrichment>(ask: () => Promise<Enrichment>): Promise<Answer<Enrichment>> {
  try {
    const enrichment = await ask();
    if (enrichment !== undefined) toJson('the enrichment', enrichment);
    return { enrichment };
  } catch (error) {
    return { error };
  }
}
