import { pluginLogger } from '../log/plugin-logger.ts';
import { monotonicNow, sleepUnlessAborted, systemClock, type Clock } from '../store/clock.ts';
import { unfailing, type SeenLogger } from '../store/logger.ts';
import { requirePositive } from '../store/option-checks.ts';
import { lead, type LeadOptions } from './lead/lead.ts';
import { presentTenure } from './lead/tenure.ts';
import { STANDBY_MS } from './lead/times.ts';
import { whenBotStops } from './lead/when-bot-stops.ts';

/** Options of {@link poll}. */
export interface PollOptions extends LeadOptions {
  /** Time from one start to the next, in milliseconds. */
  readonly everyMs: number;
}

/**
 * Runs `task` at once and then every `everyMs` milliseconds, never twice at the same time: a task that takes longer
 * than that skips the starts that fall into it. A task that fails is logged, and the next one starts on schedule. Setting
 * the machine's clock changes nothing of it. After `stopBot` it polls nothing until the client logs in again, and says so.
 *
 * Of all processes and shards that share the bot's store one runs the task, and another takes over when that one stops or
 * dies: see {@link lead}. The task's signal aborts when this process leads no longer, and a batch that the task has given
 * to the feed's listener is then given back. Where there is no client, and none of the options names a store, every
 * process polls.
 *
 * @returns Once the signal has aborted, the running task, if any, has ended, and so have the deliveries of its batches.
 * @throws {SeenConfigError} when `everyMs` is no time, and when there is neither a signal nor a SapphireClient.
 * @example
 * ```ts
 * // Until stopBot(client):
 * await poll(
 *   async (signal) => client.emit('news', { items: await fetchNews(signal), complete: true }),
 *   { feed: 'news', everyMs: 60_000 },
 * );
 * ```
 */
export async function poll(task: (signal: AbortSignal) => Promise<unknown>, options: PollOptions): Promise<void> {
  const { everyMs, ...leadOptions } = options;
  const logger = unfailing(options.logger ?? pluginLogger(), 'a poll');
  requirePositive('everyMs of poll()', everyMs);
  const signal = options.signal ?? whenBotStops('poll', options.feed, logger);
  await lead((term) => pollUntil(term, task, { ...options, logger }), { ...leadOptions, logger, signal });
}

async function pollUntil(
  signal: AbortSignal,
  task: (signal: AbortSignal) => Promise<unknown>,
  { feed, everyMs, clock = systemClock, logger }: PollOptions & { readonly logger: SeenLogger },
): Promise<void> {
  while (!signal.aborted) {
    if (await endsUntrusted(feed, clock, signal)) continue;
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

/** After a suspension, the timer of a poll may fire before the one that ends the term: that one comes within a moment. */
async function endsUntrusted(feed: string, clock: Clock, signal: AbortSignal): Promise<boolean> {
  if (presentTenure(feed)?.isTrusted !== false) return false;
  await sleepUnlessAborted(clock, STANDBY_MS, signal);
  return true;
}
