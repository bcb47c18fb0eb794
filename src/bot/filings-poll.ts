import { once } from 'node:events';
import { container } from '@sapphire/framework';
import type { FeedBatch } from 'sapphire-plugin-seen';
import { crawl, type EdgarClient, type Filing } from 'sapphire-plugin-seen/edgar';

import type { BotClient } from './client.ts';

declare module 'discord.js' {
  interface ClientEvents {
    /** What one crawl of EDGAR found, seen or not. */
    secFilings: [batch: FeedBatch<Filing>];
  }
}

/** One crawl, handed to the feed's listener; resolves once the listener is done with it. */
export async function pollFilings(client: BotClient, edgar: EdgarClient, signal: AbortSignal): Promise<void> {
  const { env, logger } = container;
  const { filings, complete } = await crawl({ client: edgar, forms: env.edgar.forms, logger, signal });
  // The listener may be gone by now, and nobody would say that the batch is done.
  signal.throwIfAborted();
  if (client.listenerCount('secFilings') === 0) throw new Error('The listener "filings" was not loaded.');
  const done = new AbortController();
  const ended = Promise.race(
    (['seenCycle', 'seenHalted'] as const).map((event) => once(client, event, { signal: done.signal })),
  );
  client.emit('secFilings', { items: filings, complete });
  await ended;
  done.abort();
}
