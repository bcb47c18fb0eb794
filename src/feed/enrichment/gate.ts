import type { ResolvedContext } from '../context.ts';
import { FeedEnrichmentError } from '../errors.ts';
import { describeError } from '../incidents/clean-reason.ts';
import { EnrichmentBreaker } from './breaker.ts';

/** The parts of the context that the gate works with. */
export type GateContext = Pick<ResolvedContext<unknown>, 'clock' | 'incidents' | 'options'> & {
  readonly feed: { readonly name: string };
};

/**
 * Decides whether the next item of a feed may be enriched at all, and learns from how each enrichment ends. Admins are
 * told when it closes, and when it opens again.
 */
export class EnrichmentGate {
  readonly #context: GateContext;
  readonly #breaker: EnrichmentBreaker;

  constructor(context: GateContext) {
    this.#context = context;
    this.#breaker = new EnrichmentBreaker(context.clock, context.options.enrichWithinMs / 2);
  }

  /**
   * Lets the item in, of which one of the other methods then records how its enrichment ended.
   *
   * @returns The reason why the item is not to be enriched; undefined when it is.
   */
  enter(id: string): string | undefined {
    if (this.#breaker.enter(id)) return undefined;
    return `the enrichment fails, and is tried again later: ${this.#breaker.openedBy ?? ''}`;
  }

  /** Records nothing: the item is no longer wanted, because the bot stops for example. */
  leave(id: string): void {
    this.#breaker.leave(id);
  }

  /** @param tookMs In milliseconds. */
  recordSuccess(tookMs: number): void {
    this.#breaker.recordSuccess(tookMs);
    this.#context.incidents.working(this.#subject);
  }

  /** @param ageMs Milliseconds since it began. */
  recordFailure(id: string, error: unknown, ageMs: number): void {
    const concerns = error instanceof FeedEnrichmentError ? error.concerns : undefined;
    this.#breaker.recordFailure(id, { reason: describeError(error), ageMs, concerns });
    this.#tellIfOpen();
  }

  /**
   * Records that an enrichment did not come within the time that it was given.
   *
   * @param ageMs Milliseconds since it began.
   * @returns True when it counts as a failure.
   */
  recordTimeUp(id: string, ageMs: number): boolean {
    const reason = `no enrichment within ${Math.ceil(ageMs / 1000)} s`;
    const isCounted = this.#breaker.recordTimeUp(id, { reason, ageMs });
    this.#tellIfOpen();
    return isCounted;
  }

  #tellIfOpen(): void {
    const { openedBy } = this.#breaker;
    if (openedBy !== undefined) this.#context.incidents.failing(this.#subject, openedBy);
  }

  get #subject() {
    return { kind: 'model', feed: this.#context.feed.name } as const;
  }
}
