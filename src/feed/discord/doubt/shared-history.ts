import type { APIMessage } from 'discord.js';

import { monotonicNow } from '../../../store/clock.ts';
import { NONCE_WINDOW_MS } from '../message/nonce.ts';
import type { Sender } from '../rest/ask.ts';
import type { Fingerprint } from './fingerprint.ts';
import type { Destination, Listing, PostQuery } from './history.ts';

/**
 * Time for which a reading of a channel serves, in milliseconds. A message that arrived later has a nonce that Discord
 * still knows.
 */
const FRESH_MS = NONCE_WINDOW_MS / 2;
/** Time by which a reading goes back beyond the start of the one before, and by which two starts may differ. */
const OVERLAP_MS = 60_000;
/** Time after which a reading that nobody has asked for is dropped, in milliseconds. */
const KEPT_MS = 15 * 60_000;
/** Listings that are put together, at most. */
const MAX_LISTINGS = 50;

interface Reading {
  /** Start of the stretch, by Discord's clock. */
  readonly from: number;
  /** When the latest listing was begun, by Discord's clock and by the monotonic one. */
  readonly discordAt: number;
  readonly at: number;
  readonly listings: readonly Listing[];
}

/** Posts as they were listed at some time. */
export interface SharedListing extends Listing {
  /** Milliseconds since the listing was begun. */
  readonly ageMs: number;
}

/**
 * The latest posts of channels, read once for all items that are looked for: after a failover these may be a whole batch.
 * The first reading goes through all of the stretch, the next ones through what came since.
 */
export class SharedHistory {
  readonly #sender: Sender;
  readonly #readings = new Map<string, Promise<Reading>>();
  readonly #askedAt = new Map<string, number>();

  constructor(sender: Sender) {
    this.#sender = sender;
  }

  /**
   * Lists the posts of a user from the start of the stretch to the present.
   *
   * @param discordNow The present time by Discord's clock.
   * @throws {HistoryHiddenError} when the bot may not read the history, or the error of a request.
   */
  async list(
    channelId: string,
    destination: Destination,
    query: PostQuery,
    discordNow: number,
  ): Promise<SharedListing> {
    this.#dropOld(channelId);
    const reading = this.#read(this.#readings.get(channelId), destination, query, discordNow);
    this.#readings.set(channelId, reading);
    const { at, listings } = await reading;
    return {
      ageMs: monotonicNow(this.#sender.clock) - at,
      isComplete: listings.every(({ isComplete }) => isComplete),
      like: (sent) => distinct(listings, sent),
    };
  }

  async #read(
    earlier: Promise<Reading> | undefined,
    destination: Destination,
    { userId, stretch: { from, to } }: PostQuery,
    discordNow: number,
  ): Promise<Reading> {
    // Whoever began the earlier one is told that it failed.
    const last = await earlier?.catch(() => undefined);
    const at = monotonicNow(this.#sender.clock);
    if (last === undefined || last.from > from + OVERLAP_MS || last.listings.length >= MAX_LISTINGS) {
      const all = await destination.list(this.#sender, { userId, stretch: { from, to } });
      return { from, discordAt: discordNow, at, listings: [all] };
    }
    if (at - last.at < FRESH_MS) return last;
    const since = Math.max(from, last.discordAt - OVERLAP_MS);
    const later = await destination.list(this.#sender, { userId, stretch: { from: since, to } });
    return { from: last.from, discordAt: discordNow, at, listings: [...last.listings, later] };
  }

  #dropOld(channelId: string): void {
    const now = monotonicNow(this.#sender.clock);
    this.#askedAt.set(channelId, now);
    for (const [id, askedAt] of this.#askedAt) {
      if (now - askedAt < KEPT_MS) continue;
      this.#askedAt.delete(id);
      this.#readings.delete(id);
    }
  }
}

async function distinct(listings: readonly Listing[], sent: readonly Fingerprint[]): Promise<APIMessage[]> {
  const messages = new Map<string, APIMessage>();
  for (const listing of listings) for (const message of await listing.like(sent)) messages.set(message.id, message);
  return [...messages.values()];
}
