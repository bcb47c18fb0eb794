import { expect, test, vi } from 'vitest';

import { createsMessage, ids, type Fault } from '../../local/discord/index.ts';
import { generatedFeed } from '../../local/edgar/index.ts';
import { botWorld, posted } from '../support/bot-world.ts';

// Each test starts whole programs, beside those of other tests.
const PATIENCE_MS = 30_000;
vi.setConfig({ testTimeout: 60_000 });

const asksForGateway = ({ path }: { readonly path: string }): boolean => path === '/gateway/bot';
const page = (status: number): Fault => ({ kind: 'status', status, body: '<html>Access denied</html>' });

test('a bot that starts before Discord can be reached waits, says so, and posts once it can', async () => {
  const feed = generatedFeed({ filings: 3 });
  const { discord, start } = await botWorld(feed);
  discord.faults = (request) => (asksForGateway(request) ? page(401) : undefined);
  const bot = start();
  const { status, hint, level } = await bot.line('bot_login_failed');
  expect([status, level, hint]).toEqual([502, 40, expect.stringContaining('proxy')]);
  discord.faults = undefined;
  await bot.line('feed_cycle_finished');
  await discord.waitForCommand('seen', PATIENCE_MS);
  expect(posted(discord).toSorted()).toEqual(feed.expected().toSorted());
  expect(bot.of('seen_store_initialized')).toHaveLength(1);
  expect(await bot.stop()).toBe(0);
  expect(bot.lines.filter(({ level: at }) => Number(at) >= 50)).toEqual([]);
});

test('a bot that is to stop in a pause of the login ends at once', async () => {
  const { discord, start } = await botWorld(generatedFeed({ filings: 3 }));
  discord.faults = (request) => (asksForGateway(request) ? page(403) : undefined);
  const bot = start();
  await bot.line('bot_login_failed');
  const asked = discord.requests.length;
  expect(await bot.stop()).toBe(0);
  expect(discord.requests).toHaveLength(asked);
  expect(bot.lines.map(({ msg }) => msg)).toContain('seen_store_connection_closed');
});

test('SIGTERM while Discord answers no post ends the bot all the same, and every filing is posted once', async () => {
  const feed = generatedFeed({ filings: 3 });
  const { discord, start, startProcess } = await botWorld(feed);
  const posts = createsMessage(ids.announcements);
  discord.faults = (request) => (posts(request) ? { kind: 'timeout', applied: true } : undefined);
  const bot = startProcess();
  await discord.waitUntil('a post', () => discord.requests.some(posts), PATIENCE_MS);
  expect(await bot.stop()).toBe(0);
  expect(bot.of('seen_stop_forced')).toMatchObject([{ level: 40, open: ['feeds'] }]);
  discord.faults = undefined;
  const again = start();
  await again.line('feed_cycle_finished', 2);
  expect(posted(discord).toSorted()).toEqual(feed.expected().toSorted());
});
