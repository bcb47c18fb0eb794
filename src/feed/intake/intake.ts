import type { Claim } from '../../store/contract/claims.ts';
import { keyOf } from '../../store/scoped-id.ts';
import { telemetry } from '../../store/telemetry.ts';
import type { ResolvedContext } from '../context.ts';
import type { DeliveryJob } from '../deliver/deliver-item.ts';
import type { CycleTally } from '../deliver/tally.ts';
import type { WaitingChannels } from '../deliver/order/waiting-channels.ts';
import type { FeedBatch } from '../feed.ts';
import { FallbackProgress } from '../progress/fallback-progress.ts';
import { LedgerProgress, type ItemProgress } from '../progress/item-progress.ts';
import { ProcessMemory } from '../progress/process-memory.ts';
import type { StoreFaults } from '../progress/store-faults.ts';
import { admit } from './admission.ts';
import { claimBatch, type ClaimContext } from './claim-batch.ts';
import { isFlood } from './flood-breaker.ts';
import { distinctItems } from './identify.ts';
import { ItemIds } from './item-ids.ts';
import { partBySeen } from './prefilter.ts';
import { ItemValidator } from './validate.ts';

/** The result of taking in a batch. */
export interface Taken<Item> {
  readonly jobs: readonly DeliveryJob<Item>[];
  /** Ids in the store that the feed still lists. */
  readonly listedIds: readonly string[];
  /** False for a cycle that must leave no trace in the history. */
  readonly isRecorded: boolean;
  /** True when `listedIds` are all that the source lists: what is not among them may age. */
  readonly isWhole: boolean;
}

/** Takes in batches: finds out what is to be delivered, and claims it. */
export class Intake<Item> {
  readonly #context: ClaimContext<Item>;
  readonly #validator: ItemValidator<Item>;
  readonly #memory = new ProcessMemory();
  /** Items that came while the store did not answer: the feed may drop them before the store is back. */
  #pending: readonly Item[] = [];

  constructor(context: ResolvedContext<Item> & { readonly waiting: WaitingChannels }) {
    this.#context = { ...context, ids: new ItemIds(context) };
    this.#validator = new ItemValidator(context.feed, context.logger);
  }

  /** Takes a batch in. What happens while the store fails is the feed's policy, `onStoreError`. */
  async take(batch: FeedBatch<Item>, tally: CycleTally, faults: StoreFaults): Promise<Taken<Item>> {
    const items = this.#identifiable(batch.items);
    tally.add('total', items.length);
    const taken = await this.#takeOrFallBack({ items, complete: batch.complete }, tally, faults);
    const { name: feed } = this.#context.feed;
    for (const { progress } of taken.jobs) telemetry.item.publish({ feed, id: progress.key, step: 'claimed' });
    // Items that waited for the store are no sign of life of a source that lists nothing now.
    return { ...taken, isWhole: taken.isWhole && batch.items.length > 0 };
  }

  /** The distinct items with valid keys, of the batch and of those that wait for the store. */
  #identifiable(items: readonly Item[]): Item[] {
    const { feed } = this.#context;
    const pending = this.#pending.filter((item) => !this.#memory.has(feed.key(item)));
    return distinctItems([...pending, ...this.#validator.withValidKeys(items)], feed);
  }

  async #takeOrFallBack(batch: FeedBatch<Item>, tally: CycleTally, faults: StoreFaults): Promise<Taken<Item>> {
    try {
      return await this.#takeByStore(batch, tally, faults);
    } catch (error) {
      faults.report(error);
      return this.#takeByMemory(batch.items, tally, faults);
    }
  }

  /** Prefilters the items, admits the unseen ones, and claims those that are admitted. */
  async #takeByStore(batch: FeedBatch<Item>, tally: CycleTally, faults: StoreFaults): Promise<Taken<Item>> {
    const { store, feed, ids } = this.#context;
    await this.#flushUnmarked();
    await ids.learn(batch.items);
    const identified = batch.items.map((item) => ({ item, ids: ids.allOf(item) }));
    const prefiltered = await partBySeen(store, { valid: identified, invalid: [] });
    const { seen } = prefiltered;
    const unseen = this.#validator.serializable(prefiltered.unseen);
    const admitted = await admit(this.#context, batch, { ...prefiltered, unseen }, tally);
    const jobs = await claimBatch(this.#context, admitted, (claim) => this.#progressOf(claim, faults));
    // Nothing can fail from here on: a batch that the memory takes after all must not be counted twice.
    if (admitted.isRecorded) this.#memory.prime(batch.items.map((item) => feed.key(item)));
    this.#pending = [];
    tally.add('skipped', seen.length);
    const listedIds = seen.flatMap((item) => ids.allOf(item));
    return { jobs, listedIds, isRecorded: admitted.isRecorded, isWhole: batch.complete };
  }

  /** Marks what was delivered while the store could not be written. */
  async #flushUnmarked(): Promise<void> {
    const { unmarked } = this.#memory;
    if (unmarked.length === 0) return;
    await this.#context.store.markSeen(unmarked);
    this.#memory.dropUnmarked(unmarked);
  }

  #progressOf(claim: Claim, faults: StoreFaults): ItemProgress {
    const { store, feed, clock, options } = this.#context;
    const name = { id: claim.id, key: keyOf(feed.name, claim.id) };
    const inLedger = new LedgerProgress(store, claim, name.key);
    if (options.onStoreError === 'hold') return inLedger;
    return new FallbackProgress(name, inLedger, { memory: this.#memory, clock, report: faults.report });
  }

  /** Only what came after the store last answered counts as new now. A flood of it would have no breaker, and waits. */
  #takeByMemory(items: readonly Item[], tally: CycleTally, faults: StoreFaults): Taken<Item> {
    const { feed, ids, clock, options } = this.#context;
    const memory = this.#memory;
    this.#pending = items.filter((item) => !memory.has(feed.key(item)));
    tally.add('skipped', items.length - this.#pending.length);
    const isWaiting =
      options.onStoreError === 'hold' ||
      !memory.primed ||
      !ids.areKnown ||
      isFlood(this.#pending.length, items.length, options.flood);
    const unknown = { listedIds: [], isWhole: false };
    if (isWaiting) return { ...unknown, jobs: [], isRecorded: false };
    const due = this.#pending.filter((item) => memory.isDue(feed.key(item), clock.now()));
    const jobs = due.map((item) => ({
      item,
      progress: new FallbackProgress({ id: ids.of(item), key: feed.key(item) }, undefined, {
        memory,
        clock,
        report: faults.report,
      }),
    }));
    return { ...unknown, jobs, isRecorded: true };
  }
}
