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
import { Admission, saysSomething, type AdmissionBatch } from './admission.ts';
import { claimBatch, type ClaimContext } from './claim-batch.ts';
import { isFlood } from './flood-breaker.ts';
import { distinctItems } from './identify.ts';
import { later } from './item-facts.ts';
import { ItemIds } from './item-ids.ts';
import { PartialItems } from './partial-items.ts';
import { partBySeen } from './prefilter.ts';
import { SharedKeys } from './shared-keys.ts';
import { ItemValidator } from './validate.ts';

/** The result of taking in a batch. */
export interface Taken<Item> {
  readonly jobs: readonly DeliveryJob<Item>[];
  /** Ids in the store that the feed still lists. */
  readonly listedIds: readonly string[];
  /** False for a cycle that must leave no trace in the history. */
  readonly isRecorded: boolean;
  /** True when `listedIds` are all that the source lists, and not none: what is not among them may age. */
  readonly isLook: boolean;
}

/** Takes in batches: finds out what is to be delivered, and claims it. */
export class Intake<Item> {
  readonly #context: ClaimContext<Item>;
  readonly #validator: ItemValidator<Item>;
  readonly #sharedKeys: SharedKeys<Item>;
  readonly #memory = new ProcessMemory();
  readonly #partial: PartialItems<Item>;
  readonly #admission: Admission<Item>;
  /** Items that came while the store did not answer: the feed may drop them before the store is back. */
  #pending: readonly Item[] = [];

  constructor(context: ResolvedContext<Item> & { readonly waiting: WaitingChannels }) {
    this.#context = { ...context, ids: new ItemIds(context) };
    this.#validator = new ItemValidator(context.feed, context.logger);
    this.#sharedKeys = new SharedKeys(context.feed, context.logger);
    this.#partial = new PartialItems(this.#context);
    this.#admission = new Admission(this.#context, this.#partial);
  }

  /** Takes a batch in. What happens while the store fails is the feed's policy, `onStoreError`. */
  async take(batch: FeedBatch<Item>, tally: CycleTally, faults: StoreFaults): Promise<Taken<Item>> {
    const { valid: listed, refused } = this.#validator.readable(batch.items);
    this.#sharedKeys.look(listed);
    const items = this.#withWaiting(listed);
    tally.add('total', items.length);
    const read = this.#read(batch);
    // Items that waited for this batch are no sign of life of a source that lists nothing now.
    const isLook = read.complete && listed.length > 0;
    const admissible = { ...withRefused(read, refused), items, listed: listed.length, isLook };
    const taken = await this.#takeOrFallBack(admissible, tally, faults);
    const { name: feed } = this.#context.feed;
    for (const { progress } of taken.jobs) telemetry.item.publish({ feed, id: progress.key, step: 'claimed' });
    return taken;
  }

  /** A source that failed has not been read to its end, whatever it was asked for. */
  #read({
    error,
    ...batch
  }: FeedBatch<Item>): Pick<AdmissionBatch<Item>, 'complete' | 'hasFailed' | 'asked' | 'listedAt' | 'refused'> {
    const hasFailed = error !== undefined;
    const now = new Date(this.#context.clock.now());
    return {
      complete: batch.complete && !hasFailed,
      hasFailed,
      refused: [],
      asked: batch.categories === undefined ? null : [...new Set(batch.categories)],
      listedAt: [batch.listedAt ?? now].flat().reduce(later, null) ?? now,
    };
  }

  /** The distinct items, with those that waited for the store or for another look at them. */
  #withWaiting(items: readonly Item[]): Item[] {
    const { feed } = this.#context;
    const waiting = [...this.#partial.items, ...this.#pending];
    return distinctItems([...waiting.filter((item) => !this.#memory.has(feed.key(item))), ...items], feed);
  }

  async #takeOrFallBack(batch: AdmissionBatch<Item>, tally: CycleTally, faults: StoreFaults): Promise<Taken<Item>> {
    try {
      return await this.#takeByStore(batch, tally, faults);
    } catch (error) {
      faults.report(error);
      return this.#takeByMemory(batch, tally, faults);
    }
  }

  /** Prefilters the items, admits the unseen ones, and claims those that are admitted. */
  async #takeByStore(batch: AdmissionBatch<Item>, tally: CycleTally, faults: StoreFaults): Promise<Taken<Item>> {
    const { store, feed, ids } = this.#context;
    await this.flushUnmarked();
    await ids.learn(batch.items);
    const identified = batch.items.map((item) => ({ item, ids: ids.allOf(item) }));
    const prefiltered = await partBySeen(store, { valid: identified, invalid: [] });
    const { seen } = prefiltered;
    const { valid: unseen, refused } = this.#validator.serializable(prefiltered.unseen);
    const usable = { ...withRefused(batch, refused), listed: batch.listed - refused.length };
    const admitted = await this.#admission.admit(usable, { unseen, seen }, tally);
    const { isRecorded, retries } = admitted;
    const { ready, waiting } = await this.#partial.part(admitted.deliver, wasRead(batch));
    const unheld = { deliver: ready, retries };
    const jobs = await claimBatch(this.#context, unheld, (claim) => this.#progressOf(claim, faults));
    // Nothing can fail from here on: a batch that the memory takes after all must not be counted twice.
    this.#admission.conclude(admitted);
    this.#partial.replace(waiting);
    if (isRecorded)
      this.#memory.prime(batch.items.filter((item) => !this.#partial.has(item)).map((item) => feed.key(item)));
    this.#pending = [];
    tally.add('skipped', seen.length);
    const listedIds = seen.flatMap((item) => ids.allOf(item));
    return { jobs, listedIds, isRecorded, isLook: batch.isLook };
  }

  /** Marks what was delivered while the store could not be written. It reads first: a store that is away fails there. */
  async flushUnmarked(): Promise<void> {
    const { unmarked } = this.#memory;
    if (unmarked.length === 0) return;
    const { store } = this.#context;
    const unseen = await store.filterUnseen(unmarked);
    if (unseen.length > 0) await store.markSeen(unseen);
    this.#memory.dropUnmarked(unmarked);
  }

  #progressOf(claim: Claim, faults: StoreFaults): ItemProgress {
    const { store, feed, clock, options } = this.#context;
    const name = { id: claim.id, key: keyOf(feed.name, claim.id) };
    const inLedger = new LedgerProgress(store, claim, name.key);
    if (options.onStoreError === 'hold') return inLedger;
    return new FallbackProgress(name, inLedger, { memory: this.#memory, clock, report: faults.report });
  }

  /**
   * Only what came after the store last answered counts as new now. A flood of it would have no breaker, and waits; so
   * does what a first run would have to decide about.
   */
  #takeByMemory(batch: AdmissionBatch<Item>, tally: CycleTally, faults: StoreFaults): Taken<Item> {
    const { items, asked } = batch;
    const { feed, ids, clock, options } = this.#context;
    const memory = this.#memory;
    this.#pending = items.filter((item) => !memory.has(feed.key(item)));
    tally.add('skipped', items.length - this.#pending.length);
    const news = this.#pending.filter((item) => this.#admission.isNews(item, asked));
    const isWaiting =
      options.onStoreError === 'hold' ||
      !memory.primed ||
      !ids.areKnown ||
      isFlood(news.length, items.length, options.flood);
    const unknown = { listedIds: [], isLook: false };
    if (isWaiting) return { ...unknown, jobs: [], isRecorded: false };
    const due = news.filter((item) => memory.isDue(feed.key(item), clock.now()));
    const { ready, waiting } = this.#partial.partUnclaimed(due, wasRead(batch));
    this.#partial.add(waiting);
    const jobs = ready.map((item) => ({
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

/** A batch that lists an item which nobody can name is as good as one that was not read to its end. */
function withRefused<Item, Batch extends Pick<AdmissionBatch<Item>, 'complete' | 'refused'>>(
  batch: Batch,
  refused: readonly Item[],
): Batch {
  if (refused.length === 0) return batch;
  return { ...batch, complete: false, refused: [...batch.refused, ...refused] };
}

/** False for a batch that says nothing of an item which it does not list whole. */
function wasRead(batch: AdmissionBatch<unknown>): boolean {
  return saysSomething(batch) && !batch.hasFailed;
}
