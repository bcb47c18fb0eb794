import { container } from '@sapphire/framework';
import type { Client } from 'discord.js';

import { ClientState } from '../container/client-state.ts';
import { SeenConfigError } from '../store/errors.ts';
import { requirePositive } from '../store/option-checks.ts';
import { monotonicNow, sleepUnlessAborted, systemClock, type Clock } from '../store/clock.ts';
import { pluginLogger } from '../log/plugin-logger.ts';
import { unfailing, type SeenLogger } from '../store/logger.ts';

/** Options of {@link poll}. */
export interface PollOptions {
  /** The feed's name, for the log. */
  readonly feed: string;
  /** Time from one start to the next, in milliseconds. */
  readonly everyMs: number;
  /** Ends the polling. A running task gets it too, and is waited for. Default: `stopBot` ends it. */
  readonly signal?: AbortSignal | undefined;
  /** Default: the machine's clock. */
  readonly clock?: Clock | undefined;
  /** Default: {@link pluginLogger}. */
  readonly logger?: SeenLogger | undefined;
}

/**
 * Runs `task` at once and then every `everyMs` milliseconds, never twice at the same time: a task that takes longer
 * than that skips the starts that fall into it. A task that fails is logged, and the next one starts on schedule. Setting
 * the machine's clock changes nothing of it. After `stopBot` it polls nothing until the client logs in again, and says so.
 *
 * @returns Once the signal has aborted and the running task, if any, has ended.
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
  const { feed, everyMs, clock = systemClock } = options;
  const logger = unfailing(options.logger ?? pluginLogger(), 'a poll');
  requirePositive('everyMs of poll()', everyMs);
  const signal = options.signal ?? whenBotStops(feed, logger);
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

/** Aborts when the bot's client is stopped. One that was stopped before has to log in first. */
function whenBotStops(feed: string, logger: SeenLogger): AbortSignal {
  const client: Client | undefined = container.client;
  if (client === undefined)
    throw new SeenConfigError('poll() needs the option signal where no SapphireClient was made before.');
  const { stopping, stop } = ClientState.of(client);
  const hint = 'The bot was stopped before, so nothing is polled. Call poll() again after client.login().';
  if (stopping.aborted && stop === undefined) logger.warn('feed_poll_ended', { feed, hint });
  return stopping;
}
