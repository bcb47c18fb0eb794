import { SeenStoreBusyError, SeenStoreError } from '../../store/errors.ts';
import type { StoreOutage } from './store-outage.ts';

/** True for a fault of the store, and not of its caller. */
export function isStoreFault(error: unknown): boolean {
  return error instanceof SeenStoreError || error instanceof SeenStoreBusyError;
}

/** Counts the store's faults of one cycle. The first one begins an outage, unless there is one. */
export class StoreFaults {
  readonly #outage: StoreOutage;
  #count = 0;
  #latest: unknown = undefined;

  constructor(outage: StoreOutage) {
    this.#outage = outage;
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
    this.#outage.begin(error);
  };
}
