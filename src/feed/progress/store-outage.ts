import { monotonicNow, type Clock } from '../../store/clock.ts';
import type { SeenLogger } from '../../store/logger.ts';
import type { OnStoreError } from '../options.ts';

export interface OutageContext {
  readonly feed: string;
  readonly logger: SeenLogger;
  readonly clock: Clock;
  readonly onStoreError: OnStoreError;
}

/** The time in which the store fails one feed. The log is told once when it begins, and once when it is over. */
export class StoreOutage {
  readonly #context: OutageContext;
  /** When it began, by the monotonic clock; undefined while the store works. */
  #since: number | undefined;

  constructor(context: OutageContext) {
    this.#context = context;
  }

  begin(error: unknown): void {
    if (this.#since !== undefined) return;
    const { feed, logger, clock, onStoreError } = this.#context;
    this.#since = monotonicNow(clock);
    logger.error('feed_store_unavailable', { feed, on_store_error: onStoreError, error });
  }

  end(): void {
    if (this.#since === undefined) return;
    const { feed, logger, clock } = this.#context;
    const duration_ms = Math.round(monotonicNow(clock) - this.#since);
    this.#since = undefined;
    logger.info('feed_store_available', { feed, duration_ms });
  }
}
