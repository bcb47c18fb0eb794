import { ids } from '../../local/discord/index.ts';
import { Random } from '../../local/random.ts';
import type { SeenStore } from '../../src/store/index.ts';
import type { ChaosItem } from './protocol.ts';

/** The newest items, which the feed lists whether they are delivered or not, as EDGAR does. */
const WINDOW = 30;
/** The most unfinished items, in backlogs. They wait for channels that are closed, and must not keep clients idle. */
const MOST_UNFINISHED = 5;
/** Shortest time between two batches of new items, in real milliseconds. */
const BATCH_INTERVAL_MS = 120;

interface GeneratedItem extends ChaosItem {
  /** True if it leaves the feed once it has been claimed, so that only the ledger can bring about a retry. */
  readonly fleeting: boolean;
}

export interface GeneratorOptions {
  readonly seed: number;
  /** Least number of items. */
  readonly items: number;
  /** Number of items at which no new ones are generated, as nobody has begun with them. */
  readonly backlog: number;
}

/** Generates the items of a feed for as long as the run goes on. Half of them leave the feed as soon as they can. */
export class FeedGenerator {
  /** Every item so far, which is what the checker expects to be posted. */
  readonly all: GeneratedItem[] = [];
  readonly #store: SeenStore;
  readonly #options: GeneratorOptions;
  readonly #random: Random;
  #unfinished: readonly string[] = [];
  /** The number of items that nobody has begun with. */
  #fresh = 0;
  #generatedAt = 0;
  #endless = true;

  constructor(store: SeenStore, options: GeneratorOptions) {
    this.#store = store;
    this.#options = options;
    this.#random = new Random(options.seed ^ 0xfeed);
  }

  /** Generates no more items than the least number from now on. */
  finish(): void {
    this.#endless = false;
  }

  /** The items that were not finished when a client asked last. */
  get unfinished(): readonly string[] {
    return this.#unfinished;
  }

  get isComplete(): boolean {
    return !this.#endless && this.all.length >= this.#options.items;
  }

  /** Returns the items that the feed lists now, oldest first. */
  async list(): Promise<ChaosItem[]> {
    const asked = new Set(this.#unfinished);
    const unseen = new Set(await this.#store.filterUnseen([...asked]));
    // A dead letter waits for an operator, and keeps no news back.
    const failed = new Set(
      (await this.#store.ledger.failed({ limit: MOST_UNFINISHED * this.#options.backlog })).map(({ id }) => id),
    );
    const isUnfinished = (id: string): boolean => unseen.has(id) && !failed.has(id);
    this.#unfinished = this.#unfinished.filter((id) => isUnfinished(id) || !asked.has(id));
    this.#generate();
    // What another client's call generates meanwhile is left out altogether: a list never skips an item that nobody
    // has.
    const present = [...this.all];
    const unknown = new Set(await this.#store.ledger.filterUnknown(this.#unfinished));
    this.#fresh = unknown.size;
    const recent = new Set(present.slice(-WINDOW).filter(({ fleeting }) => !fleeting));
    const listed = present.filter((item) => unknown.has(item.id) || recent.has(item));
    return listed.map(({ id, channels }) => ({ id, channels }));
  }

  #generate(): void {
    const { backlog } = this.#options;
    if (this.isComplete || this.#fresh >= backlog || this.#unfinished.length >= MOST_UNFINISHED * backlog) return;
    if (performance.now() - this.#generatedAt < BATCH_INTERVAL_MS) return;
    this.#generatedAt = performance.now();
    const fresh = Array.from({ length: this.#random.between(2, 6) }, () => this.#item());
    this.#unfinished = [...this.#unfinished, ...fresh.map(({ id }) => id)];
    this.#fresh += fresh.length;
  }

  #item(): GeneratedItem {
    const channels = this.#random.weighted([
      [[ids.announcements], 5],
      [[ids.general], 2],
      [[ids.thread], 1],
      [[ids.announcements, ids.general], 1],
      [[ids.announcements, ids.thread], 1],
    ]);
    const id = `item-${String(this.all.length + 1).padStart(5, '0')}`;
    const item = { id, channels, fleeting: this.#random.chance(0.5) };
    this.all.push(item);
    return item;
  }
}
