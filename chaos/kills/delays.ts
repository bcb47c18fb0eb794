import type { IncomingRequest } from '../../local/discord/index.ts';
import { itemIn, type ChannelViews } from './channel-views.ts';
import type { ClockRecord } from './clock-record.ts';
import { SPEED } from './fast-clock.ts';
import { ORDER_WAIT_MS } from '../order-wait.ts';

/** Time within which the end of a killed client, or the loss of a lease, is noticed on a busy machine. */
const NOTICE_DELAY_MS = 3_000 * SPEED;

/** The longest time for which a disturbance of the server can be felt: a fault of the way, and the pauses after it. */
const SERVER_TROUBLE_MS = 5_000 * SPEED;

/** Reasons for which an item may be overtaken, and what they say in the report. */
export const excuses = {
  'failed request': 'its own request had failed',
  'lost client': 'its client had been killed',
  'lost lease': 'the lease of a living client had run out, on a busy machine for example',
  'closed to one': 'its client had taken the channel for closed, and another had not',
  'server trouble': 'the database could not be asked who has which item',
  'wrong clock': 'a clock had been set, or the clocks disagreed',
  'order wait': `the other had waited for ${ORDER_WAIT_MS / 1000} seconds`,
} as const;

export type Excuse = keyof typeof excuses;

/** A post of an item in a channel, at a time of the right clock. */
export interface Post {
  readonly item: string;
  readonly channel: string;
  readonly at: number;
}

interface Claimed {
  readonly client: string;
  readonly at: number;
}

/** Records what befell each item, to tell why it was overtaken. Times are those of the right clock. */
export class Delays {
  readonly #now: () => number;
  readonly #clocks: ClockRecord;
  readonly #failedRequests = new Map<string, number>();
  readonly #readyAt = new Map<string, number[]>();
  readonly #claims = new Map<string, Claimed[]>();
  readonly #endedAt = new Map<string, number>();
  readonly #leasesLostAt = new Map<string, number[]>();
  readonly #serverDisturbedAt: number[] = [];

  /** @param now Returns the time. */
  constructor(now: () => number, clocks: ClockRecord) {
    this.#now = now;
    this.#clocks = clocks;
  }

  /** Records that an enrichment came, failed, or was given up: from then on the item waits for nothing but its turn. */
  enrichmentEnded(item: string): void {
    this.#readyAt.set(item, [...(this.#readyAt.get(item) ?? []), this.#now()]);
  }

  claimed(item: string, client: string): void {
    this.#claims.set(item, [...(this.#claims.get(item) ?? []), { client, at: this.#now() }]);
  }

  clientEnded(client: string): void {
    this.#endedAt.set(client, this.#now());
  }

  /** Records that a living client lost the item to another, because its lease had run out. */
  leaseLost(item: string): void {
    this.#leasesLostAt.set(item, [...(this.#leasesLostAt.get(item) ?? []), this.#now()]);
  }

  /** Records that the server of the database was disturbed, or the way to it. */
  serverDisturbed(): void {
    this.#serverDisturbedAt.push(this.#now());
  }

  /** Records that a request failed that was to create the message of an item. */
  requestFailed({ method, path, body }: IncomingRequest): void {
    const channel = /^\/channels\/(\d+)\/messages$/.exec(path)?.[1];
    if (method !== 'POST' || channel === undefined) return;
    const item = itemIn((body as { readonly content?: string }).content ?? '');
    const key = `${item} ${channel}`;
    this.#failedRequests.set(key, this.#failedRequests.get(key) ?? this.#now());
  }

  /**
   * Returns the reason for which `late` was posted after `early`, which comes after it in the feed, if there is one.
   */
  excuseFor(late: Post, early: Post, views: ChannelViews): Excuse | undefined {
    const isBefore = (at: number | undefined): boolean => at !== undefined && at <= early.at;
    if (isBefore(this.#failedRequests.get(`${late.item} ${late.channel}`))) return 'failed request';
    const claims = (this.#claims.get(late.item) ?? []).filter(({ at }) => isBefore(at));
    if (this.#wasLost(claims, early.at)) return 'lost client';
    const lost = this.#leasesLostAt.get(late.item) ?? [];
    if (lost.some((at) => isBefore(at - NOTICE_DELAY_MS))) return 'lost lease';
    if (this.#serverDisturbedAt.some((at) => isBefore(at) && at >= early.at - SERVER_TROUBLE_MS))
      return 'server trouble';
    if (wasClosedToOne(late, early, claims.at(-1), views)) return 'closed to one';
    const [first] = claims;
    if (first !== undefined && this.#clocks.wasDisturbed(first.at, early.at)) return 'wrong clock';
    const readyAt = (this.#readyAt.get(early.item) ?? []).findLast((at) => isBefore(at));
    return readyAt !== undefined && early.at - readyAt >= ORDER_WAIT_MS ? 'order wait' : undefined;
  }

  /**
   * Returns true if the client that had the item last was killed. Without a claim that was told, some client may have
   * been killed before it told it.
   */
  #wasLost(claims: readonly Claimed[], at: number): boolean {
    const isRecent = (end: number): boolean => Math.abs(end - at) <= NOTICE_DELAY_MS;
    if (claims.length === 0) return [...this.#endedAt.values()].some(isRecent);
    return claims.some(({ client }, index) => {
      const end = this.#endedAt.get(client) ?? Infinity;
      const next = claims[index + 1]?.at ?? Infinity;
      return end <= at + NOTICE_DELAY_MS && end <= next + NOTICE_DELAY_MS;
    });
  }
}

/** Within one client that is no excuse: what keeps an item out of a channel keeps those behind it out as well. */
function wasClosedToOne(late: Post, early: Post, claim: Claimed | undefined, views: ChannelViews): boolean {
  if (claim === undefined || views.posterOf(early.item, early.channel) === claim.client) return false;
  return views.mayHavePaused(claim.client, late.channel, claim.at, early.at);
}
