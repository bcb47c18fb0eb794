import type { SeenStore } from '../../src/store/index.ts';

interface Payment {
  readonly payer: string;
  readonly at: number;
  /** State of the item in the ledger at that time. */
  readonly state: string | undefined;
}

/** Time within which the notice of a killed client arrives. */
const NOTICE_DELAY_MS = 1_000;

/** Records which client paid for which enrichment, to find those that were paid again for no reason. */
export class Payments {
  readonly #store: SeenStore;
  readonly #byItem = new Map<string, Payment[]>();
  readonly #endedAt = new Map<string, number>();

  constructor(store: SeenStore) {
    this.#store = store;
  }

  async pay(id: string, payer: string): Promise<void> {
    const payments = this.#byItem.get(id) ?? [];
    this.#byItem.set(id, payments);
    const entry = payments.length === 0 ? undefined : await this.#store.ledger.find(id);
    payments.push({ payer, at: performance.now(), state: entry?.state });
  }

  /** Records that a client has ended: an enrichment that it has not saved by now is lost. */
  clientEnded(payer: string): void {
    this.#endedAt.set(payer, performance.now());
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
    return [...this.#byItem].filter(([, payments]) => !this.#isJustified(payments)).map(([id]) => id);
  }

  /** A second payment is justified only if the first payer ended between the answer and the save. */
  #isJustified(payments: readonly Payment[]): boolean {
    return payments.every(({ state, at }, index) => {
      const earlier = payments[index - 1];
      if (earlier === undefined) return true;
      return state === 'claimed' && (this.#endedAt.get(earlier.payer) ?? Infinity) <= at + NOTICE_DELAY_MS;
    });
  }
}
