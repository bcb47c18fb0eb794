import { ids } from '../local/discord/index.ts';
import { Random } from '../local/random.ts';
import type { SeenStore } from '../src/store/index.ts';
import type { ChaosItem } from './protocol.ts';

/** Items that a feed lists, like EDGAR's newest ones. */
const WINDOW = 30;
/** Least time between two batches of new items, in real milliseconds. */
const PACE_MS = 120;

interface Entry extends ChaosItem {
  /** It leaves the feed as soon as somebody has claimed it, so that every retry is the ledger's affair. */
  readonly fleeting: boolean;
}

export interface FeedSize {
  readonly seed: number;
  /** Items that there are at least. */
  readonly items: number;
  /** Unfinished items at which the feed waits. */
  readonly backlog: number;
}

/** A feed that goes on for as long as somebody is to be killed, and forgets its items. */
export class GeneratedFeed {
  readonly all: Entry[] = [];
  readonly #store: SeenStore;
  readonly #size: FeedSize;
  readonly #random: Random;
  #unfinished: readonly string[] = [];
  #grownAt = 0;
  #endless = true;

  constructor(store: SeenStore, size: FeedSize) {
    this.#store = store;
    this.#size = size;
    this.#random = new Random(size.seed ^ 0xfeed);
  }

  /** From now on there are only as many items as there must be. */
  finish(): void {
    this.#endless = false;
  }

  get isComplete(): boolean {
    return !this.#endless && this.all.length >= this.#size.items;
  }

  /** What the feed lists now, oldest first. */
  async list(): Promise<ChaosItem[]> {
    const asked = new Set(this.#unfinished);
    const unseen = new Set(await this.#store.filterUnseen([...asked]));
    this.#unfinished = this.#unfinished.filter((id) => unseen.has(id) || !asked.has(id));
    this.#grow();
    const unknown = new Set(await this.#store.ledger.filterUnknown(this.#unfinished));
    const recent = this.all.slice(-WINDOW).filter(({ fleeting }) => !fleeting);
    const listed = new Set([...this.all.filter(({ id }) => unknown.has(id)), ...recent]);
    return [...listed].map(({ id, channels }) => ({ id, channels }));
  }

  #grow(): void {
    if (this.isComplete || this.#unfinished.length >= this.#size.backlog) return;
    if (performance.now() - this.#grownAt < PACE_MS) return;
    this.#grownAt = performance.now();
    const fresh = Array.from({ length: this.#random.between(2, 6) }, () => this.#entry());
    this.#unfinished = [...this.#unfinished, ...fresh.map(({ id }) => id)];
  }

  #entry(): Entry {
    const channels = this.#random.weighted([
      [[ids.announcements], 6],
      [[ids.general], 2],
      [[ids.announcements, ids.general], 2],
    ]);
    const id = `item-${String(this.all.length + 1).padStart(5, '0')}`;
    const entry = { id, channels, fleeting: this.#random.chance(0.5) };
    this.all.push(entry);
    return entry;
  }
}
