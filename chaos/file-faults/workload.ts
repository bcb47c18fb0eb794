import { setTimeout as delay } from 'node:timers/promises';

import { Random } from '../../local/random.ts';
import type { Claim, SeenStore } from '../../src/store/index.ts';
import { LEASE_MS, type ClientConfig, type Granted } from './protocol.ts';
import { Recorder, type Outcome } from './recorder.ts';
import { runClock, type RunClock } from './run-clock.ts';

/** Time after which the next item is due, in milliseconds. The clients could deliver more: they compete. */
const ITEM_MS = 30;
/** The newest items, which the clients claim by name. An older one is only found by `claimWaiting`. */
const WINDOW = 20;
/** Own marks that a read may ask for. */
const REMEMBERED = 3_000;
const SETTLE_ATTEMPTS = 5;

/** The work of one client: it marks ids of its own, delivers items that others claim as well, and reads back. */
export class Workload {
  readonly #store: SeenStore;
  readonly #config: ClientConfig;
  readonly #random: Random;
  readonly #now: RunClock;
  readonly #recorder: Recorder;
  readonly #acknowledged: string[] = [];
  #marked = 0;

  constructor(store: SeenStore, config: ClientConfig) {
    this.#store = store;
    this.#config = config;
    this.#random = new Random(config.seed);
    this.#now = runClock(config.startedAt);
    this.#recorder = new Recorder(this.#now);
  }

  /** Resolves once the signal has aborted and everything that was begun has ended. */
  async run(signal: AbortSignal): Promise<void> {
    const repeat = async (work: () => Promise<void>, longestPauseMs: number): Promise<void> => {
      while (!signal.aborted) {
        await work();
        await delay(this.#random.between(1, longestPauseMs));
      }
    };
    await Promise.all([
      repeat(() => this.#mark(), 20),
      repeat(() => this.#deliverSome(), 30),
      repeat(() => this.#deliverSome(), 30),
      repeat(() => this.#readBack(), 60),
    ]);
  }

  async #mark(): Promise<void> {
    const ids = Array.from(
      { length: this.#random.between(1, 3) },
      () => `mark-${this.#config.client}-${++this.#marked}`,
    );
    const marked = await this.#recorder.run({ kind: 'mark', ids }, () => this.#store.markSeen(ids));
    if (!marked.accepted) return;
    this.#acknowledged.push(...ids);
    this.#acknowledged.splice(0, this.#acknowledged.length - REMEMBERED);
  }

  async #readBack(): Promise<void> {
    const ids = this.#random.sample(this.#acknowledged, 1).concat(this.#acknowledged.slice(-5));
    await this.#recorder.run(
      { kind: 'read', ids },
      () => this.#store.filterUnseen(ids),
      (unseen) => ({ unseen }),
    );
  }

  async #deliverSome(): Promise<void> {
    const claimed = this.#random.chance(0.3) ? await this.#claimWaiting() : await this.#claim(this.#dueItems());
    if (!claimed.accepted) return;
    for (const claim of claimed.answer) await this.#deliver(claim);
  }

  #claim(ids: readonly string[]): Promise<Outcome<Claim[]>> {
    return this.#recorder.run({ kind: 'claim', ids }, () => this.#store.claim(ids, { leaseMs: LEASE_MS }), toGranted);
  }

  #claimWaiting(): Promise<Outcome<Claim[]>> {
    const options = { leaseMs: LEASE_MS, limit: 3 };
    return this.#recorder.run({ kind: 'claim', ids: [] }, () => this.#store.claimWaiting(options), toGranted);
  }

  #dueItems(): string[] {
    const newest = Math.floor(this.#now() / ITEM_MS);
    return Array.from({ length: 3 }, () => `item-${Math.max(0, newest - this.#random.between(0, WINDOW - 1))}`);
  }

  /** A claim that is refused stops the delivery, as in the bot. */
  async #deliver(claim: Claim): Promise<void> {
    await delay(this.#random.chance(0.1) ? this.#random.between(LEASE_MS, 2 * LEASE_MS) : this.#random.between(0, 20));
    if (this.#random.chance(0.1)) return this.#settle('release', claim);
    const { id, token } = claim;
    const renew = (): Promise<void> => this.#store.renew([claim], { leaseMs: LEASE_MS });
    const renewed = await this.#recorder.run({ kind: 'renew', ids: [id], token }, renew);
    if (!renewed.accepted) return;
    this.#recorder.deliver(claim);
    await this.#settle('commit', claim);
  }

  /** Tried again when the store refuses: who has delivered must not give up before that is recorded. */
  async #settle(kind: 'commit' | 'release', claim: Claim): Promise<void> {
    const { id, token } = claim;
    for (let attempt = 1; attempt <= SETTLE_ATTEMPTS; attempt += 1) {
      const settled = await this.#recorder.run({ kind, ids: [id], token }, () => this.#store[kind]([claim]));
      if (settled.accepted || settled.code === 'SEEN_CLAIM_LOST') return;
      await delay(this.#random.between(10, 60));
    }
  }
}

function toGranted(claims: readonly Claim[]): { readonly granted: Granted[] } {
  return { granted: claims.map(({ id, token }) => ({ id, token })) };
}
