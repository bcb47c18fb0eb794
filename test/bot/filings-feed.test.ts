import { expect, test } from 'vitest';

import { readEnv } from '../../src/bot/env.ts';
import { filingsFeed } from '../../src/bot/filings-feed.ts';
import { FilingsListener } from '../../src/bot/listeners/filings.ts';
import type { FeedSource } from '../../local/edgar/feed-source.ts';
import { silentLogger, systemClock, type SeenLogger } from '../../src/store/index.ts';
import { accessions, entryXml, feedXml, latin1 } from '../support/feed-xml.ts';
import { filing } from '../support/filings.ts';
import { RecordingLogger } from '../support/recording-logger.ts';
import { plainFeed, runEdgar } from '../support/running-edgar.ts';

async function startFeed(feed: FeedSource, forms: string, logger: SeenLogger = silentLogger) {
  const { edgar } = await runEdgar({ feed });
  const env = readEnv({
    DISCORD_TOKEN: 'token',
    DISCORD_CHANNEL_ID: '100000000000000001',
    EDGAR_USER_AGENT: 'Tests tests@example.com',
    EDGAR_BASE_URL: edgar.baseUrl,
    EDGAR_FORMS: forms,
    EDGAR_POLL_SECONDS: '90',
    EDGAR_REQUESTS_PER_SECOND: '1000',
  });
  return { edgar, ...filingsFeed(env, logger, { ...systemClock, sleep: () => Promise.resolve() }) };
}

test('the filings that EDGAR lists are one batch, polled as often as the environment says', async () => {
  const feed = plainFeed(3);
  const { name, everyMs, fetch } = await startFeed(feed, '*');
  const { items, complete, categories, error } = await fetch(new AbortController().signal);
  expect({ categories, error }).toEqual({ categories: undefined, error: undefined });
  expect({ name, everyMs, complete }).toEqual({ name: 'filings', everyMs: 90_000, complete: true });
  expect(items).toHaveLength(feed.expected().length);
  expect(items).toMatchObject(
    feed
      .expected()
      .map((accession) => ({ accession }))
      .toReversed(),
  );
});

test('the configured forms are the categories of the batch, and the forms of a filing are its own', async () => {
  const { fetch } = await startFeed(plainFeed(2), '8-K,10-K');
  const { items, categories } = await fetch(new AbortController().signal);
  expect(categories).toEqual(['8-K', '10-K']);
  expect(items).toMatchObject([{ forms: ['8-K'] }, { forms: ['8-K'] }]);
});

test('a page of which most rows are refused is told as an error, beside the filings that could be read', async () => {
  const [good = ''] = accessions(0, 1);
  const nameless = entryXml({ id: 'x', link: null, summary: '' });
  const page = latin1(feedXml(nameless, entryXml({ accession: good }), nameless));
  const feed = { ...plainFeed(3), page: ({ start }: { readonly start: number }) => (start > 0 ? null : page) };
  const { fetch } = await startFeed(feed, '*');
  const { items, complete, error } = await fetch(new AbortController().signal);
  expect(complete).toBe(false);
  expect(items).toMatchObject([{ accession: good }]);
  expect(error).toMatch(/2 of the 3 rows/);
});

test('a filing that may be partial is not whole, and was published when EDGAR accepted it', () => {
  const { categories, isWhole, publishedAt } = FilingsListener.prototype;
  const acceptedAt = new Date(0);
  const partial = filing({ partial: true, forms: ['4', '3'], acceptedAt });
  expect(categories(partial)).toEqual(['4', '3']);
  expect([isWhole(partial), isWhole(filing({ partial: false }))]).toEqual([false, true]);
  expect([publishedAt(partial), publishedAt(filing({ acceptedAt: null }))]).toEqual([acceptedAt, null]);
});

test('a form that was taken as it is stays so in the crawl', async () => {
  const { edgar, fetch } = await startFeed(plainFeed(3), '=10-zz');
  const { items, complete } = await fetch(new AbortController().signal);
  expect({ items, complete }).toEqual({ items: [], complete: true });
  expect(edgar.requests[0]).toMatchObject({ type: '10-ZZ' });
});

test('what was made of names that are not those of EDGAR is told once, at the start', async () => {
  const logger = new RecordingLogger();
  const { fetch } = await startFeed(plainFeed(3), '10k,13D,13f/a,=SC 13D', logger);
  const told = { level: 'info', fields: { read: '13D as SCHEDULE 13D, 13f/a as 13F-HR/A' } };
  expect(logger.of('edgar_forms_read')).toMatchObject([told]);
  await fetch(new AbortController().signal);
  expect(logger.of('edgar_forms_read')).toHaveLength(1);
});

test('names that are only spelled in another way are not told', async () => {
  const logger = new RecordingLogger();
  await startFeed(plainFeed(3), 'form 4,8-k', logger);
  expect(logger.lines).toEqual([]);
});
