import { telemetry } from '../../store/telemetry.ts';
import type { ResolvedContext } from '../context.ts';
import type { Deadline } from '../deadline.ts';
import { describeError } from '../incidents/clean-reason.ts';
import type { ItemProgress } from '../progress/item-progress.ts';
import { DailyBudget, type Expense } from './budget.ts';
import { Deadlines, type Listed } from './deadlines.ts';
import { EnrichmentGate } from './gate.ts';
import { withGrace } from './grace.ts';
import { LateEnrichments, type LateEnrichment } from './late-enrichments.ts';
import { EnrichmentRequest } from './request.ts';

/** An item that is to be enriched. */
export interface Unenriched<Item> {
  readonly item: Item;
  readonly progress: ItemProgress;
  readonly deadline: Deadline;
  /** The channels that the item is still to be posted in. */
  readonly channelIds: readonly string[];
}

/**
 * The result for an item:
 *
 * - `new`: an enrichment that was made, and saved.
 * - `known`: the one that an earlier attempt has saved, or none of a feed without.
 * - `plain`: the item is posted without. An enrichment that was still under way goes on in `late`.
 * - `stopped`: the signal aborted.
 */
export type Enriched<Enrichment> =
  | { readonly kind: 'new' | 'known'; readonly enrichment: Enrichment | undefined }
  | { readonly kind: 'plain'; readonly late?: LateEnrichment<Enrichment> | undefined }
  | { readonly kind: 'stopped' };

/** Enriches the items of a feed, as long as it keeps no post waiting. */
export class Enricher<Item, Enrichment> {
  readonly #context: ResolvedContext<Item, Enrichment>;
  readonly #gate: EnrichmentGate;
  readonly #budget: DailyBudget;
  readonly #deadlines: Deadlines;
  readonly #late: LateEnrichments<Enrichment>;

  constructor(context: ResolvedContext<Item, Enrichment>) {
    this.#context = context;
    this.#gate = new EnrichmentGate(context);
    this.#budget = new DailyBudget(context);
    this.#deadlines = new Deadlines(context);
    this.#late = new LateEnrichments(context, this.#gate);
  }

  /** The end of the time in which the item may wait for its enrichment. */
  deadlineOf(item: Listed): Deadline {
    return this.#deadlines.of(item);
  }

  /** Forgets the deadline of an item that is finished. */
  forget({ id }: ItemProgress): void {
    this.#deadlines.forget(id);
  }

  /** Gives the next attempt of an item that could not be posted without its enrichment a new deadline. */
  renew({ id }: ItemProgress): void {
    this.#deadlines.renew(id);
  }

  /** Ends a cycle: what it has spent is recorded, and admins are told if the budget is used up. */
  async endCycle(): Promise<void> {
    if (this.#context.feed.enrich !== undefined) await this.#budget.endCycle();
  }

  /**
   * The enrichment that an earlier attempt saved, or else a new one, which is saved before it is used. A feed without
   * enrichment has none.
   */
  async enrich(unenriched: Unenriched<Item>, signal: AbortSignal): Promise<Enriched<Enrichment>> {
    const { progress } = unenriched;
    if (progress.enrichment !== undefined) {
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- this feed saved it
      return { kind: 'known', enrichment: progress.enrichment as Enrichment };
    }
    if (this.#context.feed.enrich === undefined) return { kind: 'known', enrichment: undefined };
    const refusal = this.#reasonNotToAsk(unenriched) ?? this.#gate.enter(progress.id);
    return refusal === undefined ? this.#askInBudget(unenriched, signal) : this.#plain(progress, { reason: refusal });
  }

  #reasonNotToAsk({ progress, deadline, channelIds }: Unenriched<Item>): string | undefined {
    // What may exist in a channel must be the same in another try.
    if (channelIds.some((id) => progress.postIn(id)?.state === 'open')) return 'an earlier attempt sent it without';
    if (deadline.leftMs() <= 0) return 'no time was left for the enrichment';
    // Whatever ended the process in the others, the last attempt is to post the item, if it can be posted without.
    const isLast = progress.attempt > 1 && progress.attempt >= this.#context.options.maxAttempts;
    return isLast && !this.#deadlines.isRenewed(progress.id) ? 'it is the last attempt' : undefined;
  }

  async #askInBudget(unenriched: Unenriched<Item>, signal: AbortSignal): Promise<Enriched<Enrichment>> {
    const expense = await this.#budget.open();
    if (typeof expense === 'string') {
      this.#gate.leave(unenriched.progress.id);
      return this.#plain(unenriched.progress, { reason: expense });
    }
    // The steps before may have taken a while. What is begun after a stop would be paid for, and aborted.
    if (!signal.aborted) return this.#request(unenriched, expense, signal);
    expense.drop();
    this.#gate.leave(unenriched.progress.id);
    return { kind: 'stopped' };
  }

  async #request(
    { item, progress, deadline }: Unenriched<Item>,
    expense: Expense,
    signal: AbortSignal,
  ): Promise<Enriched<Enrichment>> {
    this.#deadlines.keep(progress.id, deadline);
    const over = new AbortController();
    const patient = withGrace(signal, this.#context.clock, over.signal);
    const request = EnrichmentRequest.start(this.#context, item, expense, patient);
    const answer = await request.within(deadline.leftMs(), patient);
    over.abort();
    if (answer === undefined) expense.settle(false);
    this.#publish(request, answer !== undefined && 'enrichment' in answer);
    if (answer !== undefined && 'enrichment' in answer) return this.#enriched(progress, answer.enrichment, request);
    if (signal.aborted) {
      request.abort();
      this.#gate.leave(progress.id);
      return { kind: 'stopped' };
    }
    return answer === undefined
      ? this.#timeUp(progress, request, signal)
      : this.#failed(progress, answer.error, request.ageMs);
  }

  /** JSON has no `undefined`, and as `null` a later attempt would make another message of it. */
  async #enriched(
    progress: ItemProgress,
    enrichment: Enrichment,
    { ageMs }: EnrichmentRequest<Enrichment>,
  ): Promise<Enriched<Enrichment>> {
    this.#gate.recordSuccess(ageMs);
    if (enrichment !== undefined) await progress.saveEnrichment(enrichment);
    return { kind: 'new', enrichment };
  }

  #failed(progress: ItemProgress, error: unknown, ageMs: number): Enriched<Enrichment> {
    this.#gate.recordFailure(progress.id, error, ageMs);
    return this.#plain(progress, { reason: describeError(error), error });
  }

  #timeUp(progress: ItemProgress, request: EnrichmentRequest<Enrichment>, signal: AbortSignal): Enriched<Enrichment> {
    const isUncounted = !this.#gate.recordTimeUp(progress.id, request.ageMs);
    const late = this.#late.letGoOn(progress.id, request, { isUncounted, signal });
    return { ...this.#plain(progress, { reason: 'the enrichment did not come in time' }), late };
  }

  #plain({ key: id }: ItemProgress, why: { readonly reason: string; readonly error?: unknown }): { kind: 'plain' } {
    const { feed, logger } = this.#context;
    logger.warn('feed_item_plain', { feed: feed.name, id, ...why });
    return { kind: 'plain' };
  }

  #publish({ ageMs }: EnrichmentRequest<Enrichment>, ok: boolean): void {
    telemetry.enrichment.publish({ feed: this.#context.feed.name, durationMs: ageMs, ok });
  }
}
