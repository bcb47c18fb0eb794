import type { Backend, ReadableBackend } from '../backend.ts';
import { SeenStoreClosedError } from '../errors.ts';
import type { Operation } from '../operations.ts';
import type { StoreOptions } from '../options.ts';
import { newOwner } from '../owner.ts';

/** As much of a context as questions need. */
export interface ReadContext {
  readonly backend: ReadableBackend;
  readonly options: Pick<StoreOptions, 'ttlDays'>;
  /** Milliseconds since the Unix epoch. */
  now(): number;
}

/** The parts that every operation of a store shares: its backend, its options, its name as an owner, its time and its end. */
export class StoreContext {
  readonly backend: Backend;
  readonly options: StoreOptions;
  /** The name under which this store owns claims. */
  readonly owner = newOwner();
  readonly #closing = new AbortController();

  constructor(backend: Backend, options: StoreOptions) {
    this.backend = backend;
    this.options = options;
  }

  /** Milliseconds since the Unix epoch. */
  now(): number {
    return this.options.clock.now();
  }

  /** Aborts when the store closes. */
  get closing(): AbortSignal {
    return this.#closing.signal;
  }

  /** @throws {SeenStoreClosedError} once the store has been closed. */
  requireOpen(operation: Operation): void {
    if (this.closing.aborted) throw new SeenStoreClosedError(operation);
  }

  stopAccepting(): void {
    this.#closing.abort(new SeenStoreClosedError('An operation that was still waiting'));
  }
}
