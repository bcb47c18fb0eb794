import type { SeenStore } from '../../src/store/index.ts';
import type { ClockRecord } from './clock-record.ts';
import { SPEED } from './fast-clock.ts';

interface Payment {
  readonly payer: string;
  readonly at: number;
  /** State of the item in the ledger at that time. */
  readonly state: string | undefined;
}

/** Time within which the notice of a killed client arrives on a busy machine, in milliseconds of the fast clock. */
const NOTICE_DELAY_MS = 3_000 * SPEED;

/** Records which client paid for which enrichment, to find those that were paid again for no reason. */
export class Payments {
  readonly #store: SeenStore;
  readonly #now: () => number;
  readonly #clocks: ClockRecord;
  readonly #byItem = new Map<string, Payment[]>();
  readonly #endedAt = new Map<string, number>();
  /** The time of the last lost lease of each item. */
  readonly #lostAt = new Map<string, number>();
  readonly #serverAwayAt: number[] = [];

  /** @param now Returns the time of the right clock. */
  constructor(store: SeenStore, now: () => number, clocks: ClockRecord) {
    this.#store = store;
    this.#now = now;
    this.#clocks = clocks;
  }

  async pay(id: string, payer: string): Promise<void> {
    const payments = this.#byItem.get(id) ?? [];
    this.#byItem.set(id, payments);
    const entry = payments.length === 0 ? undefined : await this.#store.ledger.find(id);
    payments.push({ payer, at: this.#now(), state: entry?.state });
  }

  /** Records that a client has ended: an enrichment that it has not saved by now is lost. */
  clientEnded(payer: string): void {
    this.#endedAt.set(payer, this.#now());
  }

  /** Records that a living client lost the item to another, because its lease had run out. */
  leaseLost(item: string): void {
    this.#lostAt.set(item, this.#now());
  }

  /** Records that the database could not be asked for a while, which has just ended. */
  serverWasAway(): void {
    this.#serverAwayAt.push(this.#now());
  }

  get count(): number {
    return [...this.#byItem.values()].flat().length;
  }

  /** Number of payments for an item that had been paid for before. */
  get repeated(): number {
    return this.count - this.#byItem.size;
  }

  /** Items that were paid for again although the enrichment was saved, or the first payer can still save it. */
  get wasted(): string[] {
    return [...this.#byItem].filter(([id, payments]) => !this.#isJustified(id, payments)).map(([id]) => id);
  }

  /**
   * A second payment is justified only if the first payer ended between the answer and the save, if it could not save
   * because the database was away, if its lease had run out, or if the clocks were set meanwhile or disagreed: then a
   * lease can end early.
   */
  #isJustified(id: string, payments: readonly Payment[]): boolean {
    return payments.every(({ state, at }, index) => {
      const earlier = payments[index - 1];
      if (earlier === undefined) return true;
      if (this.#clocks.wasDisturbed(earlier.at, at) || (this.#lostAt.get(id) ?? -Infinity) >= earlier.at) return true;
      if (state !== 'claimed') return false;
      const wasAway = this.#serverAwayAt.some((away) => away >= earlier.at && away <= at + NOTICE_DELAY_MS);
      return wasAway || (this.#endedAt.get(earlier.payer) ?? Infinity) <= at + NOTICE_DELAY_MS;
    });
  }
}
