import { expect, test } from 'vitest';

import { readEnv } from '../../src/bot/env.ts';
import { filingsFeed } from '../../src/bot/filings-feed.ts';
import { silentLogger } from '../../src/store/index.ts';
import { plainFeed, runEdgar } from '../support/running-edgar.ts';

test('the filings that EDGAR lists are one batch, polled as often as the environment says', async () => {
  const feed = plainFeed(3);
  const { edgar } = await runEdgar({ feed });
  const env = readEnv({
    DISCORD_TOKEN: 'token',
    DISCORD_CHANNEL_ID: '100000000000000001',
    EDGAR_USER_AGENT: 'Tests tests@example.com',
    EDGAR_BASE_URL: edgar.baseUrl,
    EDGAR_FORMS: '*',
    EDGAR_POLL_SECONDS: '90',
  });
  const { name, everyMs, fetch } = filingsFeed(env, silentLogger);
  const { items, complete } = await fetch(new AbortController().signal);
  expect({ name, everyMs, complete }).toEqual({ name: 'filings', everyMs: 90_000, complete: true });
  expect(items).toHaveLength(feed.expected().length);
  expect(items).toMatchObject(
    feed
      .expected()
      .map((accession) => ({ accession }))
      .toReversed(),
  );
});
