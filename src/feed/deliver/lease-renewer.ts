import { sleepUnlessAborted } from '../../store/clock.ts';
import type { Claim } from '../../store/contract/claims.ts';
import { SeenClaimLostError } from '../../store/errors.ts';
import type { ResolvedContext } from '../context.ts';
import { isStoreFault, type StoreFaults } from '../progress/store-faults.ts';

export interface RenewerContext extends Pick<ResolvedContext<unknown>, 'store' | 'clock' | 'logger' | 'options'> {
  readonly feed: { readonly name: string };
  readonly faults: StoreFaults;
}

/** Renews the leases of all items that are worked on or wait for their turn, in one write, three times per lease. */
export class LeaseRenewer {
  readonly #context: RenewerContext;
  readonly #tracked = new Map<string, { readonly claim: Claim; readonly lost: AbortController }>();

  constructor(context: RenewerContext) {
    this.#context = context;
  }

  /** Renews the claim's lease until `untrack`. The signal aborts once the claim has passed to another owner. */
  track(claim: Claim): AbortSignal {
    const lost = new AbortController();
    this.#tracked.set(claim.id, { claim, lost });
    return lost.signal;
  }

  untrack(claim: Claim): void {
    this.#tracked.delete(claim.id);
  }

  /** Renews until the signal aborts. A renewal that fails is tried again a third of a lease later. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, options } = this.#context;
    while (!signal.aborted) {
      await sleepUnlessAborted(clock, options.leaseMs / 3, signal);
      if (!signal.aborted) await this.#renewAll();
    }
  }

  async #renewAll(): Promise<void> {
    const { feed, store, logger, faults, options } = this.#context;
    const claims = [...this.#tracked.values()].map(({ claim }) => claim);
    try {
      await store.renew(claims, { leaseMs: options.leaseMs });
    } catch (error) {
      if (error instanceof SeenClaimLostError) this.#abortLost(error);
      else if (isStoreFault(error)) faults.report(error);
      else logger.warn('feed_lease_renewal_failed', { feed: feed.name, error });
    }
  }

  /** An item that was settled while its renewal waited for the lock is no longer tracked, and lost nothing. */
  #abortLost(error: SeenClaimLostError): void {
    for (const { id, token } of error.lost) {
      const tracked = this.#tracked.get(id);
      if (tracked?.claim.token !== token) continue;
      tracked.lost.abort(error);
      this.#tracked.delete(id);
    }
  }
}
