import { container } from '@sapphire/framework';
import { stopBot } from 'sapphire-plugin-seen';

import type { BotClient } from './client.ts';
import { pollFeed, type PolledFeed } from './polled-feed.ts';

/**
 * Polls the feeds until the signal aborts, and then ends the client and the store.
 *
 * @throws The error of a feed whose polling fails, once everything else has ended: a bot that no longer polls must not
 * look like one that does.
 */
export async function runFeeds(signal: AbortSignal, client: BotClient, feeds: readonly PolledFeed[]): Promise<void> {
  const polling = Promise.all(feeds.map((feed) => pollFeed(feed, signal)));
  try {
    await Promise.race([onceAborted(signal), polling.then(() => onceAborted(signal))]);
  } finally {
    await stopBot(client);
  }
  container.logger.info('bot_stopped');
}

/** Resolves once the signal has aborted. */
export function onceAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
