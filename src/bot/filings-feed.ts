import { Crawler, EdgarClient, substitutedForms } from 'sapphire-plugin-seen/edgar';
import { systemClock, type Clock, type SeenLogger } from 'sapphire-plugin-seen/store';

import type { BotEnv } from './env.ts';
import type { PolledFeed } from './polled-feed.ts';

/** The name of the feed, and of its listener. */
export const FILINGS = 'filings';

/** The SEC's latest filings of the configured forms, which are the categories of the feed. */
export function filingsFeed(
  { edgar }: Pick<BotEnv, 'edgar'>,
  logger: SeenLogger,
  clock: Clock = systemClock,
): PolledFeed {
  const { userAgent, baseUrl, requestsPerSecond, forms, pollMs } = edgar;
  const client = new EdgarClient({ userAgent, baseUrl, requestsPerSecond, logger });
  const crawler = new Crawler({ client, forms, logger, clock });
  reportSubstitutions(forms, logger);
  const categories = forms.length === 0 ? undefined : forms;
  return {
    name: FILINGS,
    everyMs: pollMs,
    fetch: async (signal) => {
      const { filings, complete, fault } = await crawler.crawl(signal);
      return { items: filings, complete, categories, error: fault };
    },
  };
}

/** Tells what was made of names that are not EDGAR's: somebody may have meant another form. */
function reportSubstitutions(forms: readonly string[], logger: SeenLogger): void {
  const read = substitutedForms(forms).map(({ name, form }) => `${name} as ${form}`);
  if (read.length > 0) logger.info('edgar_forms_read', { read: read.join(', ') });
}
