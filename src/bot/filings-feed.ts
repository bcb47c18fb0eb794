import { crawl, EdgarClient } from 'sapphire-plugin-seen/edgar';
import type { SeenLogger } from 'sapphire-plugin-seen/store';

import type { BotEnv } from './env.ts';
import type { PolledFeed } from './polled-feed.ts';

/** The name of the feed, and of its listener. */
export const FILINGS = 'filings';

/** The SEC's latest filings. */
export function filingsFeed({ edgar }: Pick<BotEnv, 'edgar'>, logger: SeenLogger): PolledFeed {
  const { userAgent, baseUrl, requestsPerSecond, forms, pollMs } = edgar;
  const client = new EdgarClient({ userAgent, baseUrl, requestsPerSecond });
  return {
    name: FILINGS,
    everyMs: pollMs,
    fetch: async (signal) => {
      const { filings, complete, pages, problems } = await crawl({ client, forms, logger, signal });
      return { items: filings, complete, error: pages === 0 ? problems[0]?.message : undefined };
    },
  };
}
