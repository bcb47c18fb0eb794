import type { REST } from 'discord.js';

import type { Claim } from '../store/claims.ts';
import type { Clock } from '../store/clock.ts';
import type { Cycle } from '../store/cycle.ts';
import { idProblem } from '../store/ids.ts';
import type { SeenLogger } from '../store/logger.ts';
import type { SeenStore } from '../store/seen-store.ts';
import { Admission } from './admission.ts';
import { deliverAll, type Work } from './deliver-all.ts';
import type { DeliveryStep } from './deliver-item.ts';
import { Poster } from './discord/poster.ts';
import { StoreFaults } from './faults.ts';
import type { Feed, FeedBatch } from './feed.ts';
import { LeaseKeeper } from './lease-keeper.ts';
import { ProcessMemory } from './memory.ts';
import { resolveDeliveryOptions, type DeliveryOptions, type ResolvedDeliveryOptions } from './options.ts';
import { allIds, distinctItems, prefilter } from './prefilter.ts';
import { LedgerRecord } from './record.ts';
import { TolerantRecord } from './tolerant-record.ts';
import { UnclaimedRecord } from './unclaimed-record.ts';

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

/** What a cycle is going to do. */
interface Plan<Item> extends Pick<Cycle, 'total' | 'skipped' | 'marked' | 'held'> {
  readonly work: readonly Work<Item>[];
  /** Ids that the feed lists and the store holds. */
  readonly listed: readonly string[];
  /** Whether the cycle goes into the history. */
  readonly counts: boolean;
}

/** The way of a batch: prefilter, admission, claim, and for each item enrich, post, commit. */
export class Delivery<Item, Enrichment> {
  readonly #context: DeliveryContext<Item, Enrichment>;
  readonly #options: ResolvedDeliveryOptions;
  readonly #memory = new ProcessMemory();
  readonly #poster: Poster;
  readonly #admission: Admission<Item>;

  constructor(context: DeliveryContext<Item, Enrichment>) {
    this.#context = context;
    this.#options = resolveDeliveryOptions(context.options ?? {});
    this.#poster = new Poster(context.rest, context.clock);
    this.#admission = new Admission({ ...context, options: this.#options });
  }

  /**
   * Delivers what is new in the batch, and what waits for a retry.
   *
   * @param signal Once it aborts, no further item is begun; the items under way end cleanly.
   * @throws {FeedUnauthorizedError} when Discord no longer accepts the token. The other items are given back.
   */
  async run(batch: FeedBatch<Item>, signal: AbortSignal): Promise<Cycle> {
    const { feed, clock, logger } = this.#context;
    const startedAt = new Date(clock.now());
    const faults = new StoreFaults(logger, feed.name, this.#options.onStoreError);
    const { work, listed, counts, ...plan } = await this.#plan(this.#usable(batch), faults);
    this.#logStart(work, plan);
    let enriched = 0;
    const { unauthorized, ...delivered } = await this.#deliver(work, faults, signal, () => (enriched += 1));
    const cycle = { feed: feed.name, startedAt, finishedAt: new Date(clock.now()), ...plan, ...delivered, enriched };
    if (counts) await this.#remember(cycle, listed, faults);
    this.#logEnd(cycle, faults);
    if (unauthorized !== undefined) throw unauthorized;
    return cycle;
  }

  /** An item without a usable key cannot be told from others: it is refused, and the rest goes on. */
  #usable({ items, complete }: FeedBatch<Item>): FeedBatch<Item> {
    const { feed, logger } = this.#context;
    const refused = items.map((item) => idProblem(feed.key(item))).filter((problem) => problem !== undefined);
    if (refused.length > 0) {
      logger.warn('feed_items_refused', { feed: feed.name, refused: refused.length, example: `a key ${refused[0]}` });
    }
    return { complete, items: distinctItems(items, feed).filter((item) => idProblem(feed.key(item)) === undefined) };
  }

  async #plan(batch: FeedBatch<Item>, faults: StoreFaults): Promise<Plan<Item>> {
    const { store, feed } = this.#context;
    try {
      await this.#markLate();
      const sight = await prefilter(store, batch.items, feed);
      const { deliver, settled, ...admitted } = await this.#admission.admit(batch, sight);
      const work = await this.#claim(deliver, faults);
      if (settled !== undefined) await store.holds.finish(settled.id);
      this.#memory.remember(batch.items.map((item) => feed.key(item)));
      const listed = sight.seen.flatMap((item) => allIds(item, feed));
      return { ...admitted, work, listed, total: batch.items.length, skipped: sight.seen.length };
    } catch (error) {
      faults.report(error);
      return this.#planWithoutStore(batch);
    }
  }

  /** What was delivered while the store could not be written. */
  async #markLate(): Promise<void> {
    const { unmarked } = this.#memory;
    if (unmarked.length === 0) return;
    await this.#context.store.markSeen(unmarked);
    this.#memory.markedAll(unmarked);
  }

  async #claim(items: readonly Item[], faults: StoreFaults): Promise<Work<Item>[]> {
    const { store, feed } = this.#context;
    const { leaseMs } = this.#options;
    const byKey = new Map(items.map((item) => [feed.key(item), item]));
    const waiting = await store.claimWaiting({ feed: feed.name, leaseMs });
    const requests = [...byKey].map(([id, payload]) => ({ id, payload }));
    const fresh = await store.claim(requests, { feed: feed.name, leaseMs });
    const work = [];
    for (const claim of [...waiting, ...fresh]) {
      const item = byKey.get(claim.id) ?? (await this.#revive(claim));
      const record = this.#tolerate(new LedgerRecord(store, claim), faults);
      if (item !== undefined) work.push({ claim, item, record });
    }
    return work;
  }

  /** An item that this version of the bot cannot read becomes a dead letter, and holds up no other. */
  async #revive(claim: Claim): Promise<Item | undefined> {
    const { feed, store, logger } = this.#context;
    try {
      return feed.revive(claim.payload);
    } catch (error) {
      logger.error('feed_item_unreadable', { id: claim.id, error });
      await store.fail(
        [claim],
        `the stored item cannot be read: ${error instanceof Error ? error.message : String(error)}`,
      );
      return undefined;
    }
  }

  #tolerate(record: LedgerRecord, faults: StoreFaults): LedgerRecord | TolerantRecord {
    if (this.#options.onStoreError === 'hold') return record;
    return new TolerantRecord(record, this.#memory, faults.report);
  }

  /** Only what came after the store last answered counts as new now; a flood of it would have no breaker. */
  #planWithoutStore({ items }: FeedBatch<Item>): Plan<Item> {
    const { feed } = this.#context;
    const { onStoreError, flood } = this.#options;
    const fresh = items.filter((item) => !this.#memory.has(feed.key(item)));
    const isFlood = fresh.length >= flood.minimum && fresh.length > flood.share * items.length;
    const waits = onStoreError === 'hold' || !this.#memory.primed || isFlood;
    const work = fresh.map((item) => ({ item, record: new UnclaimedRecord(feed.key(item), this.#memory) }));
    const skipped = items.length - fresh.length;
    return { work: waits ? [] : work, listed: [], total: items.length, skipped, marked: 0, held: 0, counts: !waits };
  }

  #deliver(work: readonly Work<Item>[], faults: StoreFaults, signal: AbortSignal, onEnriched: () => void) {
    const { leaseMs, maxConcurrent, maxAttempts } = this.#options;
    const { feed, clock, logger, onStep } = this.#context;
    const keeper = new LeaseKeeper({ ...this.#context, leaseMs });
    for (const { record } of work) onStep?.('claimed', record.id);
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
