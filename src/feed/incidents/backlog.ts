import type { Clock } from '../../store/clock.ts';
import type { SeenStore } from '../../store/contract/seen-store.ts';

/** As many as one cycle takes up again. */
const MANY = 100;
const HOUR_MS = 3_600_000;
/** Longer than all attempts of an item take by default. */
const LONG_MS = 6 * HOUR_MS;

/** The backlog of a feed at the end of a cycle. */
export interface BacklogLook {
  readonly waiting: number;
  /** The reason why it is out of the ordinary; undefined when it is not. */
  readonly problem: string | undefined;
  /** True for one that the latest cycle made smaller, and for the first that is looked at. */
  readonly isShrinking: boolean;
}

/** Looks after each cycle at the items that wait. */
export class BacklogWatch {
  readonly #store: SeenStore;
  readonly #feed: string;
  readonly #clock: Clock;
  #waitedBefore = Infinity;

  constructor(store: SeenStore, feed: string, clock: Clock) {
    this.#store = store;
    this.#feed = feed;
    this.#clock = clock;
  }

  /** @returns Undefined while the flood breaker holds items, which wait on purpose. */
  async look(): Promise<BacklogLook | undefined> {
    if ((await this.#store.holds.current(this.#feed)) !== null) return undefined;
    const { waiting, oldest } = await this.#store.ledger.backlog(this.#feed);
    const isShrinking = waiting < this.#waitedBefore;
    this.#waitedBefore = waiting;
    const ageMs = oldest === null ? 0 : this.#clock.now() - oldest.getTime();
    return { waiting, problem: problemOf(waiting, ageMs), isShrinking };
  }
}

function problemOf(waiting: number, ageMs: number): string | undefined {
  if (waiting <= MANY && ageMs <= LONG_MS) return undefined;
  const hours = Math.floor(ageMs / HOUR_MS);
  const since = hours > 0 ? `, the oldest for ${hours} h` : '';
  return `${waiting.toLocaleString('en')} ${waiting === 1 ? 'item waits' : 'items wait'}${since}`;
}
