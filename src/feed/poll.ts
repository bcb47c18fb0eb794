import { monotonicNow, sleepUnlessAborted, systemClock, type Clock } from '../store/clock.ts';
import { silentLogger, type SeenLogger } from '../store/logger.ts';

/** Options of {@link poll}. */
export interface PollOptions {
  /** The feed's name, for the log. */
  readonly feed: string;
  /** Time from one start to the next, in milliseconds. */
  readonly everyMs: number;
  /** Ends the polling. A running task gets it too, and is waited for. */
  readonly signal: AbortSignal;
  /** Default: the machine's clock. */
  readonly clock?: Clock | undefined;
  /** Default: nothing is logged. */
  readonly logger?: SeenLogger | undefined;
}

/**
 * Runs `task` at once and then every `everyMs` milliseconds, never twice at the same time: a task that takes longer
 * than that skips the starts that fall into it. A task that fails is logged, and the next one starts on schedule. Setting
 * the machine's clock changes nothing of it.
 *
 * @returns Once the signal has aborted and the running task, if any, has ended.
 * @example
 * ```ts
 * await poll((signal) => fetchAndDeliver(signal), { feed: 'news', everyMs: 60_000, signal: stopping.signal, logger });
 * ```
 */
export async function poll(task: (signal: AbortSignal) => Promise<unknown>, options: PollOptions): Promise<void> {
  const { feed, everyMs, signal, clock = systemClock, logger = silentLogger } = options;
  while (!signal.aborted) {
    const startedAt = monotonicNow(clock);
    try {
      await task(signal);
    } catch (error) {
      if (signal.aborted) logger.debug('feed_poll_aborted', { feed, error });
      else logger.error('feed_poll_failed', { feed, error });
    }
    const elapsed = Math.round(monotonicNow(clock) - startedAt);
    const periods = Math.max(1, Math.ceil(elapsed / everyMs));
    const skipped = periods - 1;
    if (skipped > 0) logger.warn('feed_poll_skipped', { feed, skipped, elapsed_ms: elapsed, every_ms: everyMs });
    await sleepUnlessAborted(clock, periods * everyMs - elapsed, signal);
  }
}
