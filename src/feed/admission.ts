import { Routes, type REST } from 'discord.js';

import { holdQuestion } from '../commands/hold-question.ts';
import type { Hold } from '../store/holds.ts';
import type { SeenLogger } from '../store/logger.ts';
import type { SeenStore } from '../store/seen-store.ts';
import { messageNonce } from './discord/nonce.ts';
import type { Feed, FeedBatch } from './feed.ts';
import type { ResolvedDeliveryOptions } from './options.ts';
import type { Prefiltered } from './prefilter.ts';

/** Which unseen items may be delivered, and what became of the others. */
export interface Admitted<Item> {
  readonly deliver: readonly Item[];
  /** Items marked as seen without a post. */
  readonly marked: number;
  /** Items that wait for an admin's decision. */
  readonly held: number;
  /** The hold whose decision is carried out once `deliver` has been claimed. */
  readonly settled?: Hold;
  /** False when the batch is no basis for a first run, and leaves no trace. */
  readonly counts: boolean;
}

export interface AdmissionOptions<Item> {
  readonly store: SeenStore;
  readonly feed: Feed<Item, unknown>;
  readonly rest: REST;
  readonly logger: SeenLogger;
  readonly options: ResolvedDeliveryOptions;
}

/** Keeps a channel from being flooded: by a first run, or by a feed that suddenly looks new. */
export class Admission<Item> {
  readonly #given: AdmissionOptions<Item>;

  constructor(given: AdmissionOptions<Item>) {
    this.#given = given;
  }

  async admit(batch: FeedBatch<Item>, { unseen, seen }: Prefiltered<Item>): Promise<Admitted<Item>> {
    const { store, feed } = this.#given;
    if (await store.cycles.isFirst(feed.name)) return this.#firstRun(batch, unseen);
    const hold = await store.holds.current(feed.name);
    if (hold !== null) return this.#settle(hold, unseen, seen.length);
    return this.#guard(unseen, seen.length);
  }

  async #firstRun({ complete }: FeedBatch<Item>, unseen: readonly Item[]): Promise<Admitted<Item>> {
    const { store, feed, logger, options } = this.#given;
    if (options.firstRun === 'post') return { deliver: unseen, marked: 0, held: 0, counts: true };
    if (!complete || unseen.length === 0) {
      logger.warn('feed_first_run_waits', { feed: feed.name, listed: unseen.length, complete });
      return { deliver: [], marked: 0, held: 0, counts: false };
    }
    const newest = options.firstRun === 'mark' ? 0 : options.firstRun;
    const old = unseen.slice(0, Math.max(unseen.length - newest, 0));
    await store.markSeen(old.map((item) => feed.key(item)));
    logger.info('feed_first_run', { feed: feed.name, marked: old.length, to_post: unseen.length - old.length });
    return { deliver: unseen.slice(old.length), marked: old.length, held: 0, counts: true };
  }

  /** While nobody has decided, nothing is posted. Items that came after the hold are judged anew afterwards. */
  async #settle(hold: Hold, unseen: readonly Item[], seen: number): Promise<Admitted<Item>> {
    const { store, feed } = this.#given;
    if (hold.decision === null) {
      await this.#ask(hold, unseen.length + seen, unseen.at(-1));
      return { deliver: [], marked: 0, held: unseen.length, counts: true };
    }
    const held = new Set(hold.ids);
    const [decided, later] = partition(unseen, (item) => held.has(feed.key(item)));
    if (hold.decision === 'post')
      return { deliver: decided, marked: 0, held: later.length, settled: hold, counts: true };
    await store.markSeen(hold.ids);
    await store.holds.finish(hold.id);
    const rest = await this.#guard(later, seen + decided.length);
    return { ...rest, marked: hold.ids.length };
  }

  async #guard(unseen: readonly Item[], seen: number): Promise<Admitted<Item>> {
    const { store, feed, options, logger } = this.#given;
    const unknown = await store.ledger.filterUnknown(unseen.map((item) => feed.key(item)));
    const listed = unseen.length + seen;
    const usual = (await store.cycles.seenShare(feed.name)) ?? 1;
    const { share, minimum } = options.flood;
    const isFlood = unknown.length >= minimum && unknown.length > share * listed && usual >= 1 - share;
    if (!isFlood) return { deliver: unseen, marked: 0, held: 0, counts: true };
    const hold = await store.holds.open(feed.name, unknown);
    logger.error('feed_flood_held', { feed: feed.name, new: unknown.length, listed, usually_seen: usual });
    await this.#ask(hold, listed, unseen.at(-1));
    return { deliver: [], marked: 0, held: unseen.length, counts: true };
  }

  /** A question that does not get through is asked again with the next batch. */
  async #ask(hold: Hold, listed: number, newest: Item | undefined): Promise<void> {
    const { store, feed, rest, logger, options } = this.#given;
    const channelId = options.adminChannelId ?? (newest === undefined ? undefined : feed.channels(newest)[0]);
    if (hold.asked || channelId === undefined) return;
    try {
      const nonce = messageNonce(`hold:${feed.name}:${hold.id}:${hold.createdAt.getTime()}`, channelId);
      await rest.post(Routes.channelMessages(channelId), {
        body: { ...holdQuestion(hold, listed), nonce, enforce_nonce: true },
      });
      await store.holds.markAsked(hold.id);
    } catch (error) {
      logger.error('feed_flood_question_failed', { feed: feed.name, channel_id: channelId, error });
    }
  }
}

function partition<T>(values: readonly T[], belongs: (value: T) => boolean): [T[], T[]] {
  return [values.filter(belongs), values.filter((value) => !belongs(value))];
}
