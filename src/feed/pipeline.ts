import type { Cycle } from '../store/contract/cycles.ts';
import { unfailing } from '../store/logger.ts';
import type { DeliveryContext, ResolvedContext } from './context.ts';
import { deliverAll } from './deliver/deliver-all.ts';
import type { DeliveryJob, TimedJob } from './deliver/deliver-item.ts';
import { CycleTally } from './deliver/tally.ts';
import { WaitingChannels } from './deliver/order/waiting-channels.ts';
import { OwnMessages } from './discord/rest/own-messages.ts';
import { Poster } from './discord/poster.ts';
import { Enricher } from './enrichment/enricher.ts';
import type { FeedBatch } from './feed.ts';
import { Intake, type Taken } from './intake/intake.ts';
import { describeError } from './incidents/clean-reason.ts';
import { Incidents } from './incidents/incidents.ts';
import { presentTenure } from './lead/tenure.ts';
import { listingTimes } from './listing-times.ts';
import { requireBatch } from './intake/require-batch.ts';
import { resolveDeliveryOptions } from './options.ts';
import { StoreFaults } from './progress/store-faults.ts';
import { StoreOutage } from './progress/store-outage.ts';

/**
 * The delivery pipeline of one feed, for bots that do not use Sapphire's listeners. A `FeedListener` has one built in.
 *
 * A batch is validated, prefiltered, admitted and claimed; then each item is enriched, posted and settled. Run one
 * batch at a time.
 *
 * @example
 * ```ts
 * const store = await openSeenStore({ path: 'data/seen_ids.sqlite' });
 * const rest = new REST().setToken(token);
 * const delivery = new Delivery({ feed, store, rest, clock: systemClock, logger: textLogger(console) });
 * const { posted } = await delivery.run({ items: await fetchNews(), complete: true }, stopping.signal);
 * ```
 */
export class Delivery<Item, Enrichment> {
  readonly #context: ResolvedContext<Item, Enrichment>;
  readonly #intake: Intake<Item>;
  readonly #incidents: Incidents;
  readonly #poster: Poster;
  readonly #waiting: WaitingChannels;
  readonly #enricher: Enricher<Item, Enrichment>;
  readonly #outage: StoreOutage;
  /** Items that the latest cycle held. A hold is news once, and not in every cycle until somebody decides. */
  #held = 0;

  /** @throws {SeenConfigError} naming the option that cannot work. */
  constructor(given: DeliveryContext<Item, Enrichment>) {
    const context = { ...given, logger: unfailing(given.logger, 'a feed') };
    const options = resolveDeliveryOptions(context.options ?? {});
    this.#incidents = new Incidents({ ...context, options });
    this.#context = { ...context, options, incidents: this.#incidents };
    this.#outage = new StoreOutage({ ...context, feed: context.feed.name, onStoreError: options.onStoreError });
    this.#poster = new Poster(this.#context);
    this.#waiting = new WaitingChannels(this.#poster);
    this.#enricher = new Enricher(this.#context);
    this.#intake = new Intake({ ...this.#context, waiting: this.#waiting });
    if (context.client !== undefined) OwnMessages.of(context.rest).listenTo(context.client);
  }

  /**
   * Runs one cycle: takes in what is new in the batch and what waits for a retry, delivers each item, and closes the
   * cycle.
   *
   * @param signal Once it aborts, no further item is begun; the items under way end cleanly.
   * @throws {FeedUnauthorizedError} when Discord refuses the bot token. The items are given back, and nothing is lost.
   * @throws {SeenInputError} for what is no batch, a bare array of items for example.
   * @throws {SeenStoreClosedError} when the store was closed.
   */
  async run(batch: FeedBatch<Item>, signal: AbortSignal): Promise<Cycle> {
    const { feed, clock } = this.#context;
    requireBatch(feed.name, batch);
    presentTenure(feed.name)?.catchUpBy(this.#flush);
    const tally = new CycleTally(feed.name, clock);
    const faults = new StoreFaults(this.#outage);
    const timeOf = listingTimes(batch, new Date(clock.now()));
    this.#noteSource(batch);
    const taken = await this.#intake.take(batch, tally, faults);
    const jobs = taken.jobs.map((job) => this.#timed(job, timeOf(job.item)));
    this.#logStart(jobs, tally);
    const means = { poster: this.#poster, enricher: this.#enricher, waiting: this.#waiting, tally, faults };
    const halted = await deliverAll({ ...this.#context, ...means }, jobs, signal);
    await this.#enricher.endCycle();
    const cycle = await this.#close(taken, tally, faults);
    if (halted !== undefined) throw halted;
    await this.#endIncidents(taken, tally, faults, signal);
    return cycle;
  }

  /**
   * Tells admins of a store that fails for long, while no batch can be delivered because nobody knows who leads.
   *
   * @param signal Once it has aborted, nothing is told.
   * @throws {FeedUnauthorizedError} when Discord refuses the bot token.
   */
  async tellOfFailingStore(fault: unknown, signal: AbortSignal): Promise<void> {
    this.#incidents.failing({ kind: 'store' }, describeError(fault));
    await this.#incidents.settle(signal);
  }

  readonly #flush = (): Promise<void> => this.#intake.flushUnmarked();

  #timed(job: DeliveryJob<Item>, listedAt: Date): TimedJob<Item> {
    const { claim, progress } = job;
    return { ...job, deadline: this.#enricher.deadlineOf({ id: progress.id, claim, listedAt }) };
  }

  #logStart(jobs: readonly DeliveryJob<Item>[], { counts: { total, skipped } }: CycleTally): void {
    const { feed, logger, options } = this.#context;
    const { maxConcurrent } = options;
    const isEnriched = feed.enrich !== undefined;
    const toEnrich = isEnriched ? jobs.filter(({ progress }) => progress.enrichment === undefined).length : 0;
    if (feed.logStart !== undefined) return feed.logStart({ total, skipped, toEnrich, maxConcurrent }, logger);
    const fields = { feed: feed.name, total, skipped, to_enrich: toEnrich, max_concurrent: maxConcurrent };
    return logger.debug('feed_cycle_started', fields);
  }

  async #close(taken: Taken<Item>, tally: CycleTally, faults: StoreFaults): Promise<Cycle> {
    const cycle = tally.finish();
    if (taken.isRecorded) await this.#record(cycle, taken, faults);
    this.#logEnd(cycle, faults);
    return cycle;
  }

  /** A feed that logs the start of each cycle in its own words is told of each end as well. */
  #logEnd(cycle: Cycle, { count: store_faults }: StoreFaults): void {
    const { feed, logger } = this.#context;
    const { startedAt, finishedAt, feed: name, ...counts } = cycle;
    const duration_ms = finishedAt.getTime() - startedAt.getTime();
    const fields = { feed: name, ...counts, duration_ms, store_faults };
    const isNews = somethingHappened(cycle) || cycle.held !== this.#held;
    this.#held = cycle.held;
    if (isNews || feed.logStart !== undefined) logger.info('feed_cycle_finished', fields);
    else logger.debug('feed_cycle_finished', fields);
  }

  #noteSource({ error }: FeedBatch<Item>): void {
    const source = { kind: 'source', feed: this.#context.feed.name } as const;
    if (error === undefined) this.#incidents.working(source);
    else this.#incidents.failing(source, describeError(error));
  }

  async #endIncidents({ isRecorded }: Taken<Item>, { counts }: CycleTally, faults: StoreFaults, signal: AbortSignal) {
    if (faults.count > 0) this.#incidents.failing({ kind: 'store' }, describeError(faults.latest));
    // A cycle that is not recorded may have written nothing.
    else if (isRecorded) this.#storeWorks();
    await this.#incidents.endCycle(counts.posted, signal);
  }

  #storeWorks(): void {
    this.#outage.end();
    this.#incidents.working({ kind: 'store' });
  }

  /** Items that the feed still lists must not expire, or they would come back as new. The cycle lets the others age. */
  async #record(cycle: Cycle, { listedIds, isLook }: Taken<Item>, faults: StoreFaults): Promise<void> {
    const { store } = this.#context;
    try {
      await store.touch(listedIds);
      await store.cycles.record({ ...cycle, complete: isLook });
    } catch (error) {
      faults.report(error);
    }
  }
}

function somethingHappened({ enriched, posted, marked, failed }: Cycle): boolean {
  return enriched + posted + marked + failed > 0;
}
