import { SeenStoreBusyError, SeenStoreError } from '../../store/errors.ts';
import type { SeenLogger } from '../../store/logger.ts';
import type { OnStoreError } from '../options.ts';

/** True for a fault of the store, and not of its caller. */
export function isStoreFault(error: unknown): boolean {
  return error instanceof SeenStoreError || error instanceof SeenStoreBusyError;
}

/** Reports the store's faults of one cycle: logs the first one, and counts them all. */
export class StoreFaults {
  readonly #logger: SeenLogger;
  readonly #feed: string;
  readonly #policy: OnStoreError;
  #count = 0;
  #latest: unknown = undefined;

  constructor(logger: SeenLogger, feed: string, policy: OnStoreError) {
    this.#logger = logger;
    this.#feed = feed;
    this.#policy = policy;
  }

  get count(): number {
    return this.#count;
  }

  /** The latest fault. */
  get latest(): unknown {
    return this.#latest;
  }

  /** @throws The error itself when it is not a fault of the store. */
  readonly report = (error: unknown): void => {
    if (!isStoreFault(error)) throw error;
    this.#count += 1;
    this.#latest = error;
    if (this.#count > 1) return;
    this.#logger.error('feed_store_unavailable', { feed: this.#feed, on_store_error: this.#policy, error });
  };
}
