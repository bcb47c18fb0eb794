import { container } from '@sapphire/framework';
import type { FeedBatch } from 'sapphire-plugin-seen';
import { crawl, type EdgarClient, type Filing } from 'sapphire-plugin-seen/edgar';
import type { Cycle } from 'sapphire-plugin-seen/store';

import type { BotClient } from './client.ts';

declare module 'discord.js' {
  interface ClientEvents {
    /** What one crawl of EDGAR found, seen or not. */
    secFilings: [batch: FeedBatch<Filing>];
  }
}

/** The name of the feed, and of its listener. */
export const FILINGS = 'filings';

/** One crawl, handed to the feed's listener; resolves once the listener is done with it. */
export async function pollFilings(client: BotClient, edgar: EdgarClient, signal: AbortSignal): Promise<void> {
  const { env, logger } = container;
  const { filings, complete } = await crawl({ client: edgar, forms: env.edgar.forms, logger, signal });
  // The listener may be gone by now, and nobody would say that the batch is done.
  signal.throwIfAborted();
  if (client.listenerCount('secFilings') === 0) throw new Error(`The listener "${FILINGS}" was not loaded.`);
  const done = whenDone(client);
  client.emit('secFilings', { items: filings, complete });
  await done;
}

/** Resolves once this feed, whatever others do, has ended its batch or has given it up. */
function whenDone(client: BotClient): Promise<void> {
  return new Promise((resolve) => {
    const onEnd = (feed: string): void => {
      if (feed !== FILINGS) return;
      client.off('seenCycle', onCycle).off('seenHalted', onEnd);
      resolve();
    };
    const onCycle = ({ feed }: Cycle): void => onEnd(feed);
    client.on('seenCycle', onCycle).on('seenHalted', onEnd);
  });
}
