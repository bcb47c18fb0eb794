import { describe, expect, onTestFinished, test, vi } from 'vitest';

import { ids } from '../../local/discord/index.ts';
import { generatedFeed } from '../../local/edgar/index.ts';
import { openSeenStore } from '../../src/store/index.ts';
import { botWorld } from '../support/bot-world.ts';

// Each test starts whole programs, beside those of other tests.
vi.setConfig({ testTimeout: 60_000 });

describe('the start of the bot', () => {
  test('names each permission that is missing, and says nothing of a channel that works', async () => {
    const { discord, start } = await botWorld(generatedFeed({ filings: 3 }));
    discord.denyChannel(ids.announcements, ['sendMessages', 'embedLinks', 'readMessageHistory']);
    const bot = start({ SEEN_ADMIN_CHANNEL_ID: ids.general });
    const { channel_id, hint } = await bot.line('bot_channel_unreachable');
    expect(channel_id).toBe(ids.announcements);
    for (const name of ['"Send Messages"', '"Embed Links"', '"Read Message History"']) expect(hint).toContain(name);
    expect(hint).not.toContain('View Channel');
    await bot.line('feed_cycle_finished', 2);
    expect(bot.of('bot_channel_unreachable')).toHaveLength(1);
    expect(bot.of('feed_item_failed')).toEqual([]);
    expect(bot.of('feed_channel_unusable')).toHaveLength(1);
  });

  test('says that a forum and a category take no messages, of the admin channel as well', async () => {
    const { start } = await botWorld(generatedFeed({ filings: 1 }));
    const bot = start({ DISCORD_CHANNEL_ID: ids.forum, SEEN_ADMIN_CHANNEL_ID: ids.category });
    await bot.line('bot_channel_unreachable', 2);
    const hints = bot.of('bot_channel_unreachable').map(({ hint }) => hint);
    expect(hints).toEqual([
      expect.stringContaining('is a forum, which takes no messages'),
      expect.stringContaining('is a category, which takes no messages'),
    ]);
    expect(hints).toEqual([
      expect.stringContaining('DISCORD_CHANNEL_ID'),
      expect.stringContaining('SEEN_ADMIN_CHANNEL_ID'),
    ]);
  });

  test('names channels that the bot cannot see, and the filings wait', async () => {
    const feed = generatedFeed({ filings: 3 });
    const { discord, database, start } = await botWorld(feed);
    discord.denyChannel(ids.general);
    const bot = start({ DISCORD_CHANNEL_ID: '1100000000000000999', SEEN_ADMIN_CHANNEL_ID: ids.general });
    await bot.line('feed_cycle_finished', 2);
    expect(bot.of('bot_channel_unreachable')).toMatchObject([
      { channel_id: '1100000000000000999', hint: expect.stringContaining('DISCORD_CHANNEL_ID') },
      { channel_id: ids.general, hint: expect.stringContaining('SEEN_ADMIN_CHANNEL_ID') },
    ]);
    expect(await bot.stop()).toBe(0);
    const store = await openSeenStore({ path: database });
    onTestFinished(() => store.close());
    expect(await store.filterUnseen(feed.expected())).toEqual(feed.expected());
    expect(discord.messages(ids.announcements)).toEqual([]);
  });
});
