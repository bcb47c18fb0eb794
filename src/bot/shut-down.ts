import { container } from '@sapphire/framework';
import type { Clock } from 'sapphire-plugin-seen/store';

import type { BotClient } from './client.ts';
import { endsWithin } from './ends-within.ts';

/** Docker and systemd kill what has not ended after ten seconds: all three together stay below eight. */
const FEEDS_MS = 5_000;
const CLIENT_MS = 1_000;
const STORE_MS = 1_500;

/**
 * Ends the client and the store, once the feeds have ended. None of them is waited for without end: a request that
 * Discord does not answer may take 45 seconds. What is left open then is safe, since every step is on disk before it is
 * taken: the next start asks Discord what became of a request, and takes over the items of a process that has ended.
 *
 * @param feeds Resolves once nothing is being posted any more.
 */
export async function shutDown(client: BotClient, feeds: Promise<unknown>, clock: Clock): Promise<void> {
  const { logger } = container;
  const steps = [
    { what: 'feeds', limitMs: FEEDS_MS, end: () => feeds },
    { what: 'client', limitMs: CLIENT_MS, end: () => client.destroy() },
    { what: 'store', limitMs: STORE_MS, end: async () => container.seen?.close() },
  ];
  const open: string[] = [];
  for (const { what, limitMs, end } of steps) {
    try {
      if (!(await endsWithin(limitMs, end(), clock))) open.push(what);
    } catch (error) {
      logger.error('bot_stop_failed', { what, error });
    }
  }
  if (open.length === 0) return;
  const hint = 'Nothing is lost: the next start settles what was under way.';
  logger.warn('bot_stop_forced', { open, hint });
}
