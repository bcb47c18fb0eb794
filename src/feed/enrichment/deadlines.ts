import type { Claim } from '../../store/contract/claims.ts';
import type { ResolvedContext } from '../context.ts';
import { Deadline } from '../deadline.ts';
import { RecentMap } from '../recent-map.ts';

/** Items whose deadlines are remembered, at most. */
const CAPACITY = 10_000;

/** An item, as far as its deadline depends on it. */
export interface Listed {
  readonly id: string;
  /** Undefined for an item that is delivered while the store is down. */
  readonly claim?: Claim | undefined;
  /** The time at which the batch listed it. */
  readonly listedAt: Date;
}

/**
 * Tells until when the items wait for their enrichments: for `enrichWithinMs` since they were first listed, over all
 * attempts, processes and restarts. Time in which an item waited for something else does not count: a flood that was
 * held, or a channel that took no posts.
 */
export class Deadlines {
  readonly #context: Pick<ResolvedContext<unknown>, 'clock' | 'options'>;
  /** Those of items whose enrichment was asked for in this process. */
  readonly #kept = new RecentMap<string, Deadline>(CAPACITY);

  /** Items that cannot be posted without their enrichments, as far as is known. */
  readonly #renewed = new RecentMap<string, true>(CAPACITY);

  constructor(context: Pick<ResolvedContext<unknown>, 'clock' | 'options'>) {
    this.#context = context;
  }

  of(item: Listed): Deadline {
    if (this.isRenewed(item.id)) return new Deadline(this.#context.clock, this.#context.options.enrichWithinMs);
    return this.#kept.get(item.id) ?? this.#newDeadline(item);
  }

  /** Gives the item's next attempt the whole time once more: its feed makes no message without an enrichment. */
  renew(id: string): void {
    this.#kept.delete(id);
    this.#renewed.set(id, true);
  }

  isRenewed(id: string): boolean {
    return this.#renewed.has(id);
  }

  /** Keeps the deadline of an unfinished item: whatever else it waits for, no further time is added. */
  keep(id: string, deadline: Deadline): void {
    this.#renewed.delete(id);
    this.#kept.set(id, deadline);
  }

  /** Forgets an item that is finished: one that somebody wants tried again begins anew. */
  forget(id: string): void {
    this.#kept.delete(id);
    this.#renewed.delete(id);
  }

  /** Either clock may have been set since: no item gets more time than the option says, and none has less than none. */
  #newDeadline(item: Listed): Deadline {
    const { clock, options } = this.#context;
    const passedMs = Math.max(0, clock.now() - this.#startOf(item));
    return new Deadline(clock, Math.max(0, options.enrichWithinMs - passedMs));
  }

  #startOf({ claim, listedAt }: Listed): number {
    if (claim === undefined || claim.place.token === claim.token) return listedAt.getTime();
    return hasWaitedForOthers(claim) ? this.#context.clock.now() : claim.firstClaimedAt.getTime();
  }
}

/** No attempt of the item's was counted, and there is a reason why it was given back. */
function hasWaitedForOthers({ attempt, lastError }: Claim): boolean {
  return attempt === 1 && lastError !== null;
}
