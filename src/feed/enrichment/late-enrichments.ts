import type { ResolvedContext } from '../context.ts';
import type { EnrichmentGate } from './gate.ts';
import type { Answer, EnrichmentRequest } from './request.ts';

/** Enrichments that go on after their time, at most. */
const MAX_LATE = 5;
/** The time for which they go on, in multiples of `enrichWithinMs`. */
const MORE_TIME = 10;

/** An enrichment that is still under way although its time was up. */
export interface LateEnrichment<Enrichment> {
  /** Resolves with it; with undefined when it failed, took too long, or nobody wants it any more. */
  readonly enrichment: Promise<Enrichment | undefined>;
  /** Aborts it: nothing is there that could still show it. */
  abort(): void;
}

/** Enrichments that go on after their time, with `editLate`. They hold no slot, and no post waits for them. */
export class LateEnrichments<Enrichment> {
  readonly #options: ResolvedContext<unknown>['options'];
  readonly #gate: EnrichmentGate;
  #count = 0;

  constructor({ options }: Pick<ResolvedContext<unknown>, 'options'>, gate: EnrichmentGate) {
    this.#options = options;
    this.#gate = gate;
  }

  /**
   * Lets the request go on.
   *
   * @param isUncounted True while the breaker has not counted it as a failure.
   * @param signal Aborts it as well.
   * @returns Undefined where it is aborted: late enrichments are not wanted, or too many go on already.
   */
  letGoOn(
    id: string,
    request: EnrichmentRequest<Enrichment>,
    { isUncounted, signal }: { readonly isUncounted: boolean; readonly signal: AbortSignal },
  ): LateEnrichment<Enrichment> | undefined {
    if (!this.#options.editLate || this.#count >= MAX_LATE) {
      request.abort();
      return undefined;
    }
    this.#count += 1;
    const unwanted = new AbortController();
    const either = AbortSignal.any([signal, unwanted.signal]);
    either.addEventListener('abort', () => request.abort(), { once: true });
    const enrichment = this.#wait(request, either).then((answer) => {
      if (!either.aborted) this.#record(id, request, answer, isUncounted);
      return answer !== undefined && 'enrichment' in answer ? answer.enrichment : undefined;
    });
    return { enrichment, abort: () => unwanted.abort() };
  }

  async #wait(request: EnrichmentRequest<Enrichment>, signal: AbortSignal): Promise<Answer<Enrichment> | undefined> {
    try {
      const answer = await request.within(MORE_TIME * this.#options.enrichWithinMs, signal, { ref: false });
      return signal.aborted ? undefined : answer;
    } finally {
      request.abort();
      this.#count -= 1;
    }
  }

  #record(
    id: string,
    { ageMs }: EnrichmentRequest<Enrichment>,
    answer: Answer<Enrichment> | undefined,
    isUncounted: boolean,
  ): void {
    if (answer !== undefined && 'enrichment' in answer) this.#gate.recordSuccess(ageMs);
    else if (!isUncounted) return;
    else if (answer === undefined) this.#gate.recordTimeUp(id, ageMs);
    else this.#gate.recordFailure(id, answer.error, ageMs);
  }
}
