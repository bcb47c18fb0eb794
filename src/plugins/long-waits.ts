import { RESTEvents, type REST } from 'discord.js';

import { monotonicNow, type Clock } from '../store/clock.ts';

/**
 * Wait after a refused request (429) that is worth a line, in milliseconds: also the shortest wait without a
 * `Retry-After`.
 */
const LONG_AFTER_429_MS = 5_000;

/** Five posts in five seconds are a channel's ordinary budget, and waiting for that is no news. */
const LONG_IN_QUEUE_MS = 10_000;

/** A route that goes on waiting is named again after this time. */
const AGAIN_AFTER_MS = 10 * 60_000;

/** A wait that discord.js makes of its own accord. */
export interface LongWait {
  readonly method: string;
  /** The kind of request, with `:id` in the place of ids. */
  readonly route: string;
  readonly waitMs: number;
}

/**
 * Reports the long waits of discord.js, which says nothing itself: a ban lasts for an hour, and a login or a post that
 * waits for its end looks like one that hangs. Each route is reported once in ten minutes at most.
 *
 * @param report Called when a wait begins.
 */
export function watchLongWaits(rest: REST, clock: Clock, report: (wait: LongWait) => void): void {
  const reportedAt = new Map<string, number>();
  const onWait = (wait: LongWait, longMs: number): void => {
    const now = monotonicNow(clock);
    const key = `${wait.method} ${wait.route}`;
    if (!(wait.waitMs >= longMs) || now - (reportedAt.get(key) ?? -Infinity) < AGAIN_AFTER_MS) return;
    reportedAt.set(key, now);
    report(wait);
  };
  rest.on(RESTEvents.Response, ({ method, route }, { status, headers }) => {
    if (status !== 429) return;
    onWait({ method, route, waitMs: Number(headers.get('retry-after')) * 1000 }, LONG_AFTER_429_MS);
  });
  rest.on(RESTEvents.RateLimited, ({ method, route, retryAfter: waitMs }) => {
    onWait({ method, route, waitMs }, LONG_IN_QUEUE_MS);
  });
}
