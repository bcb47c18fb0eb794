import { systemClock, type Clock } from '../store/clock.ts';
import { silentLogger, type SeenLogger } from '../store/logger.ts';

export interface PollOptions {
  /** Time from one start to the next, in milliseconds. */
  readonly everyMs: number;
  /** Ends the polling; a running task gets it too, and is waited for. */
  readonly signal: AbortSignal;
  readonly clock?: Clock;
  readonly logger?: SeenLogger;
}

/**
 * Runs `task` now and then every `everyMs`, never twice at once: a task that takes longer skips the starts that fall
 * into it. A task that fails is logged, and the next one starts on time.
 *
 * @returns once the signal has aborted and the task, if one was running, has ended.
 */
export async function poll(task: (signal: AbortSignal) => Promise<unknown>, options: PollOptions): Promise<void> {
  const { everyMs, signal, clock = systemClock, logger = silentLogger } = options;
  while (!signal.aborted) {
    const startedAt = clock.now();
    await runOnce(task, signal, logger);
    const elapsed = clock.now() - startedAt;
    const periods = Math.max(1, Math.ceil(elapsed / everyMs));
    if (periods > 1)
      logger.warn('edgar_poll_skipped', { skipped: periods - 1, elapsed_ms: elapsed, every_ms: everyMs });
    await sleepUnlessAborted(clock, periods * everyMs - elapsed, signal);
  }
}

async function runOnce(
  task: (signal: AbortSignal) => Promise<unknown>,
  signal: AbortSignal,
  logger: SeenLogger,
): Promise<void> {
  try {
    await task(signal);
  } catch (error) {
    if (signal.aborted) logger.debug('edgar_poll_aborted', { error });
    else logger.error('edgar_poll_failed', { error });
  }
}

async function sleepUnlessAborted(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  try {
    await clock.sleep(ms, signal);
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
