import type { Claim } from '../../store/contract/claims.ts';
import { sleepUnlessAborted, type Clock } from '../../store/clock.ts';
import { SeenClaimLostError } from '../../store/errors.ts';
import type { SeenLogger } from '../../store/logger.ts';
import type { SeenStore } from '../../store/contract/seen-store.ts';
import { isStoreFault, type StoreFaults } from '../progress/store-faults.ts';

export interface LeaseKeeperOptions {
  readonly store: Pick<SeenStore, 'renew'>;
  readonly clock: Clock;
  readonly logger: SeenLogger;
  readonly faults: StoreFaults;
  readonly leaseMs: number;
}

/** Renews the leases of everything that is being worked on, all in one write, three times a lease. */
export class LeaseKeeper {
  readonly #options: LeaseKeeperOptions;
  readonly #held = new Map<string, { claim: Claim; lost: AbortController }>();

  constructor(options: LeaseKeeperOptions) {
    this.#options = options;
  }

  /** Keeps the claim's lease until `drop`. The signal aborts once the claim has passed to another owner. */
  keep(claim: Claim): AbortSignal {
    const lost = new AbortController();
    this.#held.set(claim.id, { claim, lost });
    return lost.signal;
  }

  drop(claim: Claim): void {
    this.#held.delete(claim.id);
  }

  /** Renews until the signal aborts. A renewal that fails is tried again a third of a lease later. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, leaseMs } = this.#options;
    while (!signal.aborted) {
      await sleepUnlessAborted(clock, leaseMs / 3, signal);
      if (!signal.aborted) await this.#renewAll();
    }
  }

  async #renewAll(): Promise<void> {
    const { store, logger, faults, leaseMs } = this.#options;
    const claims = [...this.#held.values()].map(({ claim }) => claim);
    try {
      await store.renew(claims, { leaseMs });
    } catch (error) {
      if (error instanceof SeenClaimLostError) this.#giveUp(error);
      else if (isStoreFault(error)) faults.report(error);
      else logger.warn('feed_lease_renewal_failed', { error });
    }
  }

  /** An item that ended while its renewal waited for the lock is no longer held, and lost nothing. */
  #giveUp(error: SeenClaimLostError): void {
    for (const { id, token } of error.lost) {
      const held = this.#held.get(id);
      if (held?.claim.token !== token) continue;
      held.lost.abort(error);
      this.#held.delete(id);
    }
  }
}
