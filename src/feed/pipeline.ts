import type { REST } from 'discord.js';

import type { Clock } from '../store/clock.ts';
import type { Cycle } from '../store/contract/cycles.ts';
import type { SeenLogger } from '../store/logger.ts';
import type { SeenStore } from '../store/contract/seen-store.ts';
import { telemetry } from '../store/telemetry.ts';
import { deliverAll, type Work } from './deliver/deliver-all.ts';
import type { DeliveryStep } from './deliver/deliver-item.ts';
import { Poster } from './discord/poster.ts';
import { StoreFaults } from './progress/store-faults.ts';
import type { Feed, FeedBatch } from './feed.ts';
import { LeaseKeeper } from './deliver/lease-renewer.ts';
import { resolveDeliveryOptions, type DeliveryOptions, type ResolvedDeliveryOptions } from './options.ts';
import { Planner, type Plan } from './intake/intake.ts';

export interface DeliveryContext<Item, Enrichment> {
  readonly feed: Feed<Item, Enrichment>;
  readonly store: SeenStore;
  readonly rest: REST;
  readonly clock: Clock;
  readonly logger: SeenLogger;
  readonly options?: DeliveryOptions;
  /** Hears of each step of each item before the next begins. */
  readonly onStep?: (step: DeliveryStep, id: string) => void;
}

/** The way of a batch: prefilter, admission, claim, and for each item enrich, post, commit. */
export class Delivery<Item, Enrichment> {
  readonly #context: DeliveryContext<Item, Enrichment>;
  readonly #options: ResolvedDeliveryOptions;
  readonly #poster: Poster;
  readonly #planner: Planner<Item>;

  constructor(context: DeliveryContext<Item, Enrichment>) {
    this.#context = context;
    this.#options = resolveDeliveryOptions(context.options ?? {});
    this.#poster = new Poster(context.rest, context.clock);
    this.#planner = new Planner({ ...context, options: this.#options });
  }

  /**
   * Delivers what is new in the batch, and what waits for a retry.
   *
   * @param signal Once it aborts, no further item is begun; the items under way end cleanly.
   * @throws {FeedUnauthorizedError} when Discord no longer accepts the token. Its items are given back.
   */
  async run(batch: FeedBatch<Item>, signal: AbortSignal): Promise<Cycle> {
    const { feed, clock, logger } = this.#context;
    const startedAt = new Date(clock.now());
    const faults = new StoreFaults(logger, feed.name, this.#options.onStoreError);
    const { work, listed, counts, ...plan } = await this.#planner.plan(batch, faults);
    this.#logStart(work, plan);
    let enriched = 0;
    const { halted, ...delivered } = await this.#deliver(work, faults, signal, () => (enriched += 1));
    const finishedAt = new Date(clock.now());
    const marked = plan.marked + delivered.marked;
    const cycle = { feed: feed.name, startedAt, finishedAt, ...plan, ...delivered, marked, enriched };
    if (counts) await this.#remember(cycle, listed, faults);
    this.#logEnd(cycle, faults);
    if (halted !== undefined) throw halted;
    return cycle;
  }

  #deliver(work: readonly Work<Item>[], faults: StoreFaults, signal: AbortSignal, onEnriched: () => void) {
    const { leaseMs, maxConcurrent, maxAttempts } = this.#options;
    const { feed, clock, logger, onStep } = this.#context;
    const keeper = new LeaseKeeper({ ...this.#context, faults, leaseMs });
    for (const { record } of work) {
      telemetry.item.publish({ feed: feed.name, step: 'claimed' });
      onStep?.('claimed', record.id);
    }
    const hear = (step: DeliveryStep, id: string): void => {
      if (step === 'enriched') onEnriched();
      onStep?.(step, id);
    };
    const poster = this.#poster;
    const delivery = { feed, clock, logger, poster, keeper, faults, maxConcurrent, maxAttempts, onStep: hear };
    return deliverAll(delivery, work, signal);
  }

  /** What the feed still lists must not expire, or it would come back as new. */
  async #remember(cycle: Cycle, listed: readonly string[], faults: StoreFaults): Promise<void> {
    const { store } = this.#context;
    try {
      await store.touch(listed);
      await store.cycles.record(cycle);
    } catch (error) {
      faults.report(error);
    }
  }

  #logStart(work: readonly Work<Item>[], { total, skipped }: Pick<Plan<Item>, 'total' | 'skipped'>): void {
    const fields = {
      total_filings: total,
      skipped_seen: skipped,
      to_enrich: work.filter(({ record }) => record.enrichment === undefined).length,
      max_concurrent: this.#options.maxConcurrent,
    };
    const text = Object.entries(fields).map(([name, value]) => `${name}=${value}`);
    this.#context.logger.info(`sec_llm_batch_start ${text.join(' ')}`, fields);
  }

  #logEnd({ startedAt, finishedAt, ...counts }: Cycle, faults: StoreFaults): void {
    const duration_ms = finishedAt.getTime() - startedAt.getTime();
    this.#context.logger.info('feed_cycle_finished', { ...counts, duration_ms, store_faults: faults.count });
  }
}
