import type { Claim } from '../../store/contract/claims.ts';
import type { Cycle } from '../../store/contract/cycles.ts';
import { Admission, type AdmissionOptions } from './admission.ts';
import type { Work } from '../deliver/deliver-all.ts';
import { reasonOf } from '../../store/errors.ts';
import type { StoreFaults } from '../progress/store-faults.ts';
import type { FeedBatch } from '../feed.ts';
import { ProcessMemory } from '../progress/process-memory.ts';
import { allIds, distinctItems, prefilter } from './prefilter.ts';
import { LedgerRecord, type ItemRecord } from '../progress/item-progress.ts';
import { TolerantRecord } from '../progress/fallback-progress.ts';
import { UnclaimedRecord } from '../progress/unclaimed-record.ts';
import { Usable } from './validate.ts';

/** What a cycle is going to do. */
export interface Plan<Item> extends Pick<Cycle, 'total' | 'skipped' | 'marked' | 'held'> {
  readonly work: readonly Work<Item>[];
  /** Ids that the feed lists and the store holds. */
  readonly listed: readonly string[];
  /** Whether the cycle goes into the history. */
  readonly counts: boolean;
}

/** Finds out what is to be delivered, and claims it: prefilter, admission, claim. */
export class Planner<Item> {
  readonly #given: AdmissionOptions<Item>;
  readonly #memory = new ProcessMemory();
  readonly #admission: Admission<Item>;
  readonly #usable: Usable<Item>;
  /** What came while the store did not answer: the feed may drop it before the store is back. */
  #pending: readonly Item[] = [];

  constructor(given: AdmissionOptions<Item>) {
    this.#given = given;
    this.#admission = new Admission(given);
    this.#usable = new Usable(given.feed, given.logger);
  }

  /** What the batch, the store and the ledger call for; the store's faults are met by the feed's policy. */
  async plan(batch: FeedBatch<Item>, faults: StoreFaults): Promise<Plan<Item>> {
    return this.#plan(this.#withPending(batch), faults);
  }

  #withPending({ items, complete }: FeedBatch<Item>): FeedBatch<Item> {
    const { feed } = this.#given;
    const pending = this.#pending.filter((item) => !this.#memory.has(feed.key(item)));
    return { complete, items: distinctItems([...pending, ...this.#usable.identifiable(items)], feed) };
  }

  async #plan(batch: FeedBatch<Item>, faults: StoreFaults): Promise<Plan<Item>> {
    const { store, feed } = this.#given;
    try {
      await this.#markLate();
      const { seen, unseen } = await prefilter(store, batch.items, feed);
      const sight = { seen, unseen: this.#usable.storable(unseen) };
      const { deliver, retries, ...admitted } = await this.#admission.admit(batch, sight);
      const work = await this.#claim(deliver, retries, faults);
      if (admitted.counts) this.#memory.prime(batch.items.map((item) => feed.key(item)));
      this.#pending = [];
      const listed = seen.flatMap((item) => allIds(item, feed));
      return { ...admitted, work, listed, total: batch.items.length, skipped: seen.length };
    } catch (error) {
      faults.report(error);
      return this.#planWithoutStore(batch);
    }
  }

  /** What was delivered while the store could not be written. */
  async #markLate(): Promise<void> {
    const { unmarked } = this.#memory;
    if (unmarked.length === 0) return;
    await this.#given.store.markSeen(unmarked);
    this.#memory.markedAll(unmarked);
  }

  async #claim(items: readonly Item[], retries: number, faults: StoreFaults): Promise<Work<Item>[]> {
    const { store, feed } = this.#given;
    const { leaseMs } = this.#given.options;
    const byKey = new Map(items.map((item) => [feed.key(item), item]));
    const waiting = retries === 0 ? [] : await this.#claimWaiting(retries);
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

  /** Looks for a hold afterwards: another process may have opened one meanwhile, and put its items into the ledger. */
  async #claimWaiting(limit: number): Promise<Claim[]> {
    const { store, feed } = this.#given;
    const claims = await store.claimWaiting({ feed: feed.name, leaseMs: this.#given.options.leaseMs, limit });
    const hold = await store.holds.current(feed.name);
    if (hold === null || hold.decision === 'post') return claims;
    const held = new Set(hold.ids);
    await store.release(claims.filter(({ id }) => held.has(id)));
    return claims.filter(({ id }) => !held.has(id));
  }

  /** An item that this version of the bot cannot read becomes a dead letter, and holds up no other. */
  async #revive(claim: Claim): Promise<Item | undefined> {
    const { feed, store, logger } = this.#given;
    try {
      return feed.revive(claim.payload);
    } catch (error) {
      logger.error('feed_item_unreadable', { id: claim.id, error });
      await store.fail([claim], `the stored item cannot be read: ${reasonOf(error)}`);
      return undefined;
    }
  }

  #tolerate(record: LedgerRecord, faults: StoreFaults): ItemRecord {
    if (this.#given.options.onStoreError === 'hold') return record;
    const { clock } = this.#given;
    return new TolerantRecord(record, { memory: this.#memory, clock, report: faults.report });
  }

  /** Only what came after the store last answered counts as new now; a flood of it would have no breaker. */
  #planWithoutStore({ items }: FeedBatch<Item>): Plan<Item> {
    const { feed, clock, options } = this.#given;
    const memory = this.#memory;
    this.#pending = items.filter((item) => !memory.has(feed.key(item)));
    const { share, minimum } = options.flood;
    const isFlood = this.#pending.length >= minimum && this.#pending.length > share * items.length;
    const waits = options.onStoreError === 'hold' || !memory.primed || isFlood;
    const due = waits ? [] : this.#pending.filter((item) => memory.isDue(feed.key(item), clock.now()));
    const work = due.map((item) => ({ item, record: new UnclaimedRecord(feed.key(item), memory, clock) }));
    const skipped = items.length - this.#pending.length;
    return { work, listed: [], total: items.length, skipped, marked: 0, held: 0, counts: !waits };
  }
}
