import type { Hold } from '../../store/contract/holds.ts';
import type { SeenStore } from '../../store/contract/seen-store.ts';
import { askAboutHold, type Asker } from '../discord/ask-about-hold.ts';
import type { Feed, FeedBatch } from '../feed.ts';
import type { ResolvedDeliveryOptions } from '../options.ts';
import type { Prefiltered } from './prefilter.ts';

/** Items of the ledger that a cycle takes up again: as many as the store gives at once by default. */
const RETRIES = 100;

/** Which unseen items may be delivered, and what became of the others. */
export interface Admitted<Item> {
  readonly deliver: readonly Item[];
  /** Most items of the ledger to take up again: none while everything is held. */
  readonly retries: number;
  /** Items marked as seen without a post. */
  readonly marked: number;
  /** Items that wait for an admin's decision. */
  readonly held: number;
  /** False when the batch is no basis for a first run, and leaves no trace. */
  readonly counts: boolean;
}

export interface AdmissionOptions<Item> extends Asker {
  readonly store: SeenStore;
  readonly feed: Feed<Item, unknown>;
  readonly options: ResolvedDeliveryOptions;
}

/** Keeps a channel from being flooded: by a first run, or by a feed that suddenly looks new. */
export class Admission<Item> {
  readonly #given: AdmissionOptions<Item>;

  constructor(given: AdmissionOptions<Item>) {
    this.#given = given;
  }

  /** @throws {FeedUnauthorizedError} when Discord refuses the token of the question about a held batch. */
  async admit(batch: FeedBatch<Item>, { unseen, seen }: Prefiltered<Item>): Promise<Admitted<Item>> {
    const { store, feed } = this.#given;
    if (seen.length === 0 && (await store.cycles.isFirst(feed.name))) return this.#firstRun(batch, unseen);
    const hold = await store.holds.current(feed.name);
    if (hold !== null) return this.#settle(hold, unseen, seen.length);
    return this.#guard(unseen, seen.length);
  }

  async #firstRun({ complete }: FeedBatch<Item>, unseen: readonly Item[]): Promise<Admitted<Item>> {
    const { store, feed, logger, options } = this.#given;
    const { firstRun } = options;
    if (unseen.length === 0 || (firstRun !== 'post' && !complete)) {
      logger.warn('feed_first_run_waits', { feed: feed.name, listed: unseen.length, complete });
      return { ...all([]), counts: false };
    }
    if (firstRun === 'post') return all(unseen);
    const newest = firstRun === 'mark' ? 0 : firstRun;
    const old = unseen.slice(0, Math.max(unseen.length - newest, 0));
    await store.markSeen(old.map((item) => feed.key(item)));
    logger.info('feed_first_run', { feed: feed.name, marked: old.length, to_post: unseen.length - old.length });
    return { ...all(unseen.slice(old.length)), marked: old.length };
  }

  /** While nobody has decided, nothing is posted. All that is held lies in the ledger, so a crash loses none of it. */
  async #settle(hold: Hold, unseen: readonly Item[], seen: number): Promise<Admitted<Item>> {
    const { store, feed } = this.#given;
    const held = new Set(hold.ids);
    const later = unseen.filter((item) => !held.has(feed.key(item)));
    if (hold.decision === null) return this.#wait(hold, later, unseen, unseen.length + seen);
    const decided = unseen.filter((item) => held.has(feed.key(item)));
    if (hold.decision === 'mark') await store.markSeen(hold.ids);
    await store.holds.finish(hold.id);
    const rest = await this.#guard(later, seen + decided.length);
    if (hold.decision === 'mark') return { ...rest, marked: hold.ids.length };
    return { ...rest, deliver: [...decided, ...rest.deliver], retries: RETRIES + hold.ids.length };
  }

  /**
   * What comes after the question is news, and is delivered once somebody has answered it. Only when it is a flood of its
   * own, the rest of one that came in pieces, does the answer cover it too.
   */
  async #wait(hold: Hold, later: readonly Item[], unseen: readonly Item[], listed: number): Promise<Admitted<Item>> {
    const { store, feed } = this.#given;
    const unknown = await store.ledger.filterUnknown(later.map((item) => feed.key(item)));
    const extended = this.#isFlood(unknown.length, listed) ? await store.holds.extend(hold.id, unknown) : null;
    return this.#hold(extended ?? hold, unseen, listed);
  }

  #isFlood(unknown: number, listed: number): boolean {
    const { share, minimum } = this.#given.options.flood;
    return unknown >= minimum && unknown > share * listed;
  }

  async #guard(unseen: readonly Item[], seen: number): Promise<Admitted<Item>> {
    const { store, feed, options, logger } = this.#given;
    const unknown = await store.ledger.filterUnknown(unseen.map((item) => feed.key(item)));
    const listed = unseen.length + seen;
    const usual = (await store.cycles.seenShare(feed.name)) ?? 1;
    if (!this.#isFlood(unknown.length, listed) || usual < 1 - options.flood.share) return all(unseen);
    const hold = await store.holds.open(feed.name, unknown);
    logger.error('feed_flood_held', { feed: feed.name, new: unknown.length, listed, usually_seen: usual });
    return this.#hold(hold, unseen, listed);
  }

  async #hold(hold: Hold, unseen: readonly Item[], listed: number): Promise<Admitted<Item>> {
    const { feed, options } = this.#given;
    await this.#keep(unseen);
    const newest = unseen.at(-1);
    const channelId = options.adminChannelId ?? (newest === undefined ? undefined : feed.channels(newest)[0]);
    if (!hold.asked && channelId !== undefined) await askAboutHold(this.#given, hold, listed, channelId);
    return { ...all([]), retries: 0, held: unseen.length };
  }

  /** Puts what is held into the ledger: the feed may have dropped it by the time somebody decides. */
  async #keep(unseen: readonly Item[]): Promise<void> {
    const { store, feed } = this.#given;
    const unkept = new Set(await store.ledger.filterUnknown(unseen.map((item) => feed.key(item))));
    const requests = unseen.map((item) => ({ id: feed.key(item), payload: item })).filter(({ id }) => unkept.has(id));
    await store.release(await store.claim(requests, { feed: feed.name }));
  }
}

function all<Item>(deliver: readonly Item[]): Admitted<Item> {
  return { deliver, retries: RETRIES, marked: 0, held: 0, counts: true };
}
