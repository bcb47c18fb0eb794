import type { SeenStore } from '../src/store/index.ts';

interface Payment {
  readonly payer: string;
  readonly at: number;
  /** How far the ledger said that the item was. */
  readonly state: string | undefined;
}

/** A death is heard of a little after it has happened. */
const HEARSAY_MS = 1_000;

/** Who paid for which enrichment, and whether somebody paid for what was there already. */
export class Payments {
  readonly #store: SeenStore;
  readonly #made = new Map<string, Payment[]>();
  readonly #diedAt = new Map<string, number>();

  constructor(store: SeenStore) {
    this.#store = store;
  }

  async pay(id: string, payer: string): Promise<void> {
    const payments = this.#made.get(id) ?? [];
    this.#made.set(id, payments);
    const entry = payments.length === 0 ? undefined : await this.#store.ledger.find(id);
    payments.push({ payer, at: performance.now(), state: entry?.state });
  }

  died(payer: string): void {
    this.#diedAt.set(payer, performance.now());
  }

  get count(): number {
    return [...this.#made.values()].flat().length;
  }

  /** Payments for something that had been paid before. */
  get repeated(): number {
    return this.count - this.#made.size;
  }

  /** Items that were paid again although the enrichment was saved, or the first payer lives and will save it. */
  get wasted(): string[] {
    return [...this.#made].filter(([, payments]) => !this.#isExcused(payments)).map(([id]) => id);
  }

  /** A payer who died between the answer and the save takes the enrichment along. Nothing else is an excuse. */
  #isExcused(payments: readonly Payment[]): boolean {
    return payments.every(({ state, at }, index) => {
      const earlier = payments[index - 1];
      if (earlier === undefined) return true;
      return state === 'claimed' && (this.#diedAt.get(earlier.payer) ?? Infinity) <= at + HEARSAY_MS;
    });
  }
}
