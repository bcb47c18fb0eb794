import { setImmediate as nextTurn } from 'node:timers/promises';
import { container } from '@sapphire/framework';
import { Client } from 'discord.js';
import { expect, test } from 'vitest';

import type { BotClient } from '../../src/bot/client.ts';
import { readEnv } from '../../src/bot/env.ts';
import { pollFilings } from '../../src/bot/filings-feed.ts';
import { noCounts, type Cycle } from '../../src/store/index.ts';
import { plainFeed, runEdgar } from '../support/running-edgar.ts';
import { QuietLogger } from '../support/quiet-logger.ts';

const cycle = (feed: string): Cycle => ({ feed, startedAt: new Date(), finishedAt: new Date(), ...noCounts });

test.each([
  ['seenCycle', (client: BotClient) => client.emit('seenCycle', cycle('filings'))],
  ['seenHalted', (client: BotClient) => client.emit('seenHalted', 'filings', new Error('no'))],
])('a poll lasts until its own feed ends the batch with %s', async (event, end) => {
  const client = new Client({ intents: [] }) as BotClient;
  container.logger = new QuietLogger();
  container.env = readEnv({
    DISCORD_TOKEN: 'token',
    DISCORD_CHANNEL_ID: '100000000000000001',
    EDGAR_USER_AGENT: 'Tests tests@example.com',
    EDGAR_FORMS: '*',
  });
  const handed = Promise.withResolvers<number>();
  client.on('secFilings', ({ items }) => handed.resolve(items.length));
  const { client: edgar } = await runEdgar({ feed: plainFeed(3) });
  let over = false;
  const polled = pollFilings(client, edgar, new AbortController().signal).then(() => (over = true));

  expect(await handed.promise).toBe(3);
  client.emit('seenCycle', cycle('another'));
  client.emit('seenHalted', 'another', new Error('no'));
  await nextTurn();
  expect(over).toBe(false);
  end(client);
  await polled;
  expect(client.listenerCount(event)).toBe(0);
});
