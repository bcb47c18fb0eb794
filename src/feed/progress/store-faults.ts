import { SeenStoreBusyError, SeenStoreError } from '../../store/errors.ts';
import type { SeenLogger } from '../../store/logger.ts';
import type { OnStoreError } from '../options.ts';

/** Whether the store, and not the caller, is at fault. */
export function isStoreFault(error: unknown): boolean {
  return error instanceof SeenStoreError || error instanceof SeenStoreBusyError;
}

/** Reports the store's faults of one cycle: in full the first time, counted from then on. */
export class StoreFaults {
  readonly #logger: SeenLogger;
  readonly #feed: string;
  readonly #policy: OnStoreError;
  #count = 0;

  constructor(logger: SeenLogger, feed: string, policy: OnStoreError) {
    this.#logger = logger;
    this.#feed = feed;
    this.#policy = policy;
  }

  get count(): number {
    return this.#count;
  }

  /** @throws The error itself, when it is none of the store's. */
  readonly report = (error: unknown): void => {
    if (!isStoreFault(error)) throw error;
    this.#count += 1;
    if (this.#count > 1) return;
    this.#logger.error('feed_store_unavailable', { feed: this.#feed, on_store_error: this.#policy, error });
  };
}
