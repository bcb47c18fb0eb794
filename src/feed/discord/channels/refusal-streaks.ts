import type { REST } from 'discord.js';

import { monotonicNow, type Clock } from '../../../store/clock.ts';
import type { SeenStore } from '../../../store/contract/seen-store.ts';
import { isStoreFault } from '../../progress/store-faults.ts';
import { DiscordTime } from '../rest/discord-time.ts';

/** Trouble of Discord's in between ends no streak unless it has lasted this long since the last refusal, in milliseconds. */
const HICCUP_MS = 3_600_000;
/** A beginning by a clock that is further from Discord's time, in milliseconds, is not kept: it would count for years. */
const MAX_CLOCK_ERROR_MS = 600_000;

/** Refusals in a row: those of this process, and the time since the first, in milliseconds. */
export interface Streak {
  readonly count: number;
  readonly ageMs: number;
}

/** A streak in memory. Times are monotonic, in milliseconds. */
interface Entry {
  count: number;
  /** Age of the streak at `agedAt`. */
  ageMs: number;
  agedAt: number;
  lastAt: number;
  isKept: boolean;
}

interface StreaksContext {
  readonly feed: { readonly name: string };
  readonly store: Pick<SeenStore, 'incidents'>;
  readonly rest: REST;
  readonly clock: Clock;
}

/**
 * Counts for how long channels have refused the posts of a feed. Only refusals count: neither an outage nor the time
 * before it adds to a streak. Its beginning is kept in the store, over restarts, under a name that nobody is told of.
 */
export class RefusalStreaks {
  readonly #context: StreaksContext;
  readonly #time: DiscordTime;
  readonly #entries = new Map<string, Entry>();
  /** Channels of which the store keeps no beginning. */
  readonly #ended = new Set<string>();

  constructor(context: StreaksContext) {
    this.#context = context;
    this.#time = DiscordTime.of(context.rest, context.clock);
  }

  /**
   * Adds a refusal.
   *
   * @throws {SeenStoreError} when the beginning cannot be kept. The process remembers the refusal all the same.
   */
  async extend(channelId: string, reason: string): Promise<Streak> {
    const now = monotonicNow(this.#context.clock);
    const entry = this.#entries.get(channelId) ?? { count: 0, ageMs: 0, agedAt: now, lastAt: now, isKept: false };
    this.#entries.set(channelId, entry);
    Object.assign(entry, { count: entry.count + 1, ageMs: entry.ageMs + now - entry.agedAt, agedAt: now, lastAt: now });
    if (!entry.isKept) await this.#keep(channelId, reason, entry);
    return { count: entry.count, ageMs: entry.ageMs };
  }

  /** Ends the streak, unless the trouble was a hiccup between two refusals. */
  async interrupt(channelId: string): Promise<void> {
    const lastAt = this.#entries.get(channelId)?.lastAt ?? -Infinity;
    if (monotonicNow(this.#context.clock) - lastAt >= HICCUP_MS) await this.end(channelId);
  }

  /** Ends the streak. While the store fails, which whoever writes the post reports, the next call ends it there, too. */
  async end(channelId: string): Promise<void> {
    this.#entries.delete(channelId);
    if (this.#ended.has(channelId)) return;
    try {
      await this.#context.store.incidents.close(this.#nameOf(channelId));
      this.#ended.add(channelId);
    } catch (error) {
      if (!isStoreFault(error)) throw error;
    }
  }

  async #keep(channelId: string, reason: string, entry: Entry): Promise<void> {
    const { store, clock } = this.#context;
    const now = this.#time.now();
    if (now === undefined || Math.abs(clock.now() - now) > MAX_CLOCK_ERROR_MS) return;
    this.#ended.delete(channelId);
    const { since } = await store.incidents.open(this.#nameOf(channelId), reason);
    Object.assign(entry, { ageMs: Math.max(entry.ageMs, now - since.getTime()), isKept: true });
  }

  /** Feeds have streaks of their own: a channel may take the posts of one of them only. */
  #nameOf(channelId: string): string {
    return `refusal:${channelId}:${this.#context.feed.name}`;
  }
}
