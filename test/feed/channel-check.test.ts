import { REST } from 'discord.js';
import { describe, expect, test } from 'vitest';

import { checkChannel } from '../../src/feed/discord/channels/check-channel.ts';
import { ids, type LocalDiscord } from '../../local/discord/index.ts';
import { localDiscord } from '../support/local-discord.ts';

function check(discord: LocalDiscord, channelId: string, options = {}): Promise<readonly string[]> {
  const rest = new REST({ api: discord.api, version: '10' }).setToken(discord.token);
  return checkChannel(rest, channelId, options);
}

const lacking = (name: string): unknown => expect.stringContaining(`lacks the permission "${name}"`);

describe('a channel that takes posts', () => {
  test.each([
    ['a text channel', ids.announcements],
    ['an announcement channel', ids.news],
    ['a voice channel, in its chat', ids.voice],
    ['a thread', ids.thread],
    ['a server where the bot has no role', ids.otherGeneral],
  ])('%s has no problems', async (_what, channelId) => {
    const discord = await localDiscord();
    expect(await check(discord, channelId)).toEqual([]);
    expect(discord.complaints).toEqual([]);
  });

  test('a forum has none for a feed of forum posts', async () => {
    const discord = await localDiscord();
    expect(await check(discord, ids.forum, { asForumPosts: true })).toEqual([]);
    expect(await check(discord, ids.forum)).toEqual([expect.stringContaining('is a forum, which takes no messages')]);
  });

  test('a thread in the archive has none, because the next message opens it', async () => {
    const discord = await localDiscord();
    discord.archiveThread(ids.thread);
    expect(await check(discord, ids.thread)).toEqual([]);
  });
});

describe('a channel that takes none', () => {
  test('a wrong id is named, with Discord’s code', async () => {
    const discord = await localDiscord();
    const [problem] = await check(discord, '1100000000000000999');
    expect(problem).toMatch(/1100000000000000999 cannot be used: the channel does not exist .*10003/);
    expect((await check(discord, 'filings')).join()).toContain('cannot be used');
  });

  test('one out of sight names the permission', async () => {
    const discord = await localDiscord();
    discord.denyChannel(ids.announcements, ['viewChannel']);
    expect(await check(discord, ids.announcements)).toEqual([expect.stringMatching(/View Channel.*50001/)]);
  });

  test.each([
    [4, 'a category'],
    [14, 'a directory'],
    [16, 'a media channel'],
    [99, 'of type 99'],
  ])('one of type %d is named by its kind', async (type, kind) => {
    const discord = await localDiscord();
    discord.setChannelType(ids.general, type);
    expect(await check(discord, ids.general)).toEqual([expect.stringContaining(`is ${kind}, which takes no messages`)]);
  });

  test('a locked thread is named, unless the bot may manage it', async () => {
    const discord = await localDiscord();
    discord.lockThread(ids.thread);
    expect(await check(discord, ids.thread)).toEqual([expect.stringContaining('is locked')]);
  });
});

describe('missing permissions', () => {
  test('each is named, in a channel', async () => {
    const discord = await localDiscord();
    discord.denyChannel(ids.announcements, ['sendMessages', 'embedLinks', 'readMessageHistory']);
    expect(await check(discord, ids.announcements)).toEqual(
      ['Send Messages', 'Embed Links', 'Read Message History'].map(lacking),
    );
  });

  test('a thread has those of its parent, and needs the one for threads', async () => {
    const discord = await localDiscord();
    discord.denyChannel(ids.general, ['sendMessages', 'sendMessagesInThreads']);
    expect(await check(discord, ids.thread)).toEqual([lacking('Send Messages in Threads')]);
    discord.denyChannel(ids.general, ['sendMessages']);
    expect(await check(discord, ids.thread)).toEqual([]);
  });

  test.each([
    ['everybody', ids.home],
    ['the bot’s role', ids.botRole],
  ])('those that are taken from %s count', async (_who, roleId) => {
    const discord = await localDiscord();
    discord.denyChannel(ids.announcements, ['embedLinks'], roleId);
    expect(await check(discord, ids.announcements)).toEqual([lacking('Embed Links')]);
  });

  test('those that are taken from a role that the bot has not do not count', async () => {
    const discord = await localDiscord();
    discord.denyChannel(ids.announcements, ['embedLinks'], ids.operatorRole);
    expect(await check(discord, ids.announcements)).toEqual([]);
  });

  test('a timeout of the bot is named with its end', async () => {
    const discord = await localDiscord();
    const until = new Date(Date.now() + 60_000).toISOString();
    discord.faults = ({ path }) =>
      path === `/guilds/${ids.home}/members/${ids.bot}`
        ? { kind: 'status', status: 200, body: { roles: [], communication_disabled_until: until } }
        : undefined;
    expect(await check(discord, ids.announcements)).toEqual([
      expect.stringContaining(`timed out in its server until ${until}`),
    ]);
  });
});

test('a check that fails for another reason says so', async () => {
  const discord = await localDiscord();
  discord.faults = () => ({ kind: 'status', status: 503 });
  await expect(check(discord, ids.announcements)).rejects.toThrow('Service Unavailable');
});
