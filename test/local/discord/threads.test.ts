import { type ChannelType as Type, Events, type ForumChannel, type ThreadChannel } from 'discord.js';
import { describe, expect, it } from 'vitest';
import {
  ChannelType,
  defaultWorld,
  type ForumTagSeed,
  ids,
  type LocalDiscord,
  type World,
} from '../../../local/discord/index.ts';
import { call, channelOf, connect, localDiscord, nextEvent } from '../../support/local-discord.ts';
import { ManualClock } from '../../support/manual-clock.ts';

const post = (discord: LocalDiscord, channel: string, body: object = { content: 'x' }) =>
  call(discord, 'POST', `/channels/${channel}/messages`, body);

const open = (discord: LocalDiscord, channel: string, body: object) =>
  call(discord, 'POST', `/channels/${channel}/threads`, body);

const isArchived = async (discord: LocalDiscord, thread: string): Promise<unknown> => {
  const { body } = await call(discord, 'GET', `/channels/${thread}`);
  return (body as { readonly thread_metadata: { readonly archived: boolean } }).thread_metadata.archived;
};

/** The home guild's bot role may manage threads. */
async function withManager(): Promise<LocalDiscord> {
  const guilds = defaultWorld.guilds.map((guild) => ({
    ...guild,
    roles: guild.roles.map((role) => (role.id === ids.botRole ? { ...role, permissions: 1n << 34n } : role)),
  }));
  return await localDiscord({ world: { ...defaultWorld, guilds } });
}

describe('kinds of channels', () => {
  it.each([
    ['a category', ids.category],
    ['a forum', ids.forum],
  ])('a message in %s is refused, because it has no messages of its own', async (_, channel) => {
    const discord = await localDiscord();
    expect(await post(discord, channel)).toMatchObject({ status: 400, body: { code: 50_008 } });
    expect(await call(discord, 'GET', `/channels/${channel}/messages`)).toEqual({ status: 200, body: [] });
  });

  it.each([ChannelType.media, ChannelType.directory])('a channel that turned into type %i is refused', async (type) => {
    const discord = await localDiscord();
    discord.setChannelType(ids.general, type);
    expect(await post(discord, ids.general)).toMatchObject({ status: 400, body: { code: 50_008 } });
  });

  it.each([
    ['an announcement channel', ids.news],
    ['a voice channel', ids.voice],
    ['a thread', ids.thread],
  ])('%s takes messages', async (_, channel) => {
    const discord = await localDiscord();
    expect(await post(discord, channel)).toMatchObject({ status: 200 });
    expect(discord.messages(channel)).toMatchObject([{ content: 'x', channel_id: channel }]);
  });

  it('a real client learns the kinds, the tags of the forum and the open thread', async () => {
    const discord = await localDiscord();
    const { cache } = (await connect(discord)).channels;
    const typeOf = (id: string): Type | undefined => cache.get(id)?.type;
    expect([ids.announcements, ids.category, ids.news, ids.forum, ids.voice, ids.thread].map(typeOf)).toEqual([
      0, 4, 5, 15, 2, 11,
    ]);
    expect((cache.get(ids.forum) as ForumChannel).availableTags).toMatchObject([
      { id: ids.forumTag, name: 'Insiders', moderated: false },
      { id: ids.moderatedTag, moderated: true },
    ]);
    expect(cache.get(ids.thread)).toMatchObject({ parentId: ids.general, archived: false, locked: false });
  });

  it('a client is told when a channel turns into another kind', async () => {
    const discord = await localDiscord();
    const client = await connect(discord);
    const told = nextEvent(client, Events.ChannelUpdate);
    discord.setChannelType(ids.general, ChannelType.announcement);
    await told;
    expect(client.channels.cache.get(ids.general)?.type).toBe(ChannelType.announcement);
  });
});

describe('threads', () => {
  it('a message takes a thread out of the archive, and clients are told', async () => {
    const discord = await localDiscord();
    const client = await connect(discord);
    discord.archiveThread(ids.thread);
    expect(await isArchived(discord, ids.thread)).toBe(true);
    const told = nextEvent(client, Events.MessageCreate);
    expect(await post(discord, ids.thread)).toMatchObject({ status: 200 });
    await told;
    expect(client.channels.cache.get(ids.thread)).toMatchObject({ archived: false });
    expect(await isArchived(discord, ids.thread)).toBe(false);
  });

  it('a locked thread is refused, archived or not, until it is reopened', async () => {
    const discord = await localDiscord();
    discord.lockThread(ids.thread);
    expect(await post(discord, ids.thread)).toMatchObject({ status: 403, body: { code: 160_005 } });
    discord.archiveThread(ids.thread);
    expect(await post(discord, ids.thread)).toMatchObject({ status: 400, body: { code: 50_083 } });
    expect(await isArchived(discord, ids.thread)).toBe(true);
    discord.reopenThread(ids.thread);
    expect(await post(discord, ids.thread)).toMatchObject({ status: 200 });
  });

  it('a bot that may manage threads posts in a locked one, and reopens it by that', async () => {
    const discord = await withManager();
    discord.lockThread(ids.thread);
    discord.archiveThread(ids.thread);
    expect(await post(discord, ids.thread)).toMatchObject({ status: 200 });
    expect(await isArchived(discord, ids.thread)).toBe(false);
  });

  it('an archived thread can be reopened, but neither its messages nor itself changed in another way', async () => {
    const discord = await withManager();
    const { body } = await post(discord, ids.thread);
    const path = `/channels/${ids.thread}/messages/${(body as { id: string }).id}`;
    discord.archiveThread(ids.thread);
    const archived = { status: 400, body: { code: 50_083 } };
    expect(await call(discord, 'PATCH', path, { content: 'y' })).toMatchObject(archived);
    expect(await call(discord, 'PATCH', `/channels/${ids.thread}`, { locked: true })).toMatchObject(archived);
  });

  it('a thread has the permissions of its channel, and needs the one for threads', async () => {
    const discord = await localDiscord();
    discord.denyChannel(ids.general, ['sendMessages']);
    expect(await post(discord, ids.thread)).toMatchObject({ status: 200 });
    discord.denyChannel(ids.general, ['sendMessagesInThreads']);
    expect(await post(discord, ids.thread)).toMatchObject({ status: 403, body: { code: 50_013 } });
    expect(await post(discord, ids.general)).toMatchObject({ status: 200 });
    discord.denyChannel(ids.general, ['viewChannel']);
    expect(await post(discord, ids.thread)).toMatchObject({ status: 403, body: { code: 50_001 } });
    expect(() => discord.denyChannel(ids.thread)).toThrow(`has the permissions of channel ${ids.general}`);
  });

  it('a removed thread is unknown, and so are the threads of a removed channel', async () => {
    const discord = await localDiscord();
    const { body } = await open(discord, ids.general, { name: 'second', type: 11 });
    const second = (body as { id: string }).id;
    discord.removeChannel(ids.thread);
    expect(await post(discord, ids.thread)).toMatchObject({ status: 404, body: { code: 10_003 } });
    discord.removeChannel(ids.general);
    expect(await post(discord, second)).toMatchObject({ status: 404, body: { code: 10_003 } });
  });

  it('only whoever may manage threads locks one or changes one of somebody else', async () => {
    const manager = await withManager();
    const change = (discord: LocalDiscord, thread: string, body: object) =>
      call(discord, 'PATCH', `/channels/${thread}`, body);
    expect(await change(manager, ids.thread, { locked: true, archived: true, name: 'quiet' })).toMatchObject({
      status: 200,
      body: { name: 'quiet', thread_metadata: { locked: true, archived: true } },
    });
    const member = await localDiscord();
    expect(await change(member, ids.thread, { archived: true })).toMatchObject({ body: { code: 50_013 } });
    const { body } = await open(member, ids.general, { name: 'own', type: 11 });
    const own = (body as { id: string }).id;
    expect(await change(member, own, { locked: true })).toMatchObject({ body: { code: 50_013 } });
    expect(await change(member, own, { archived: true })).toMatchObject({ status: 200 });
    member.lockThread(own);
    expect(await change(member, own, { archived: false })).toMatchObject({ body: { code: 160_005 } });
  });

  it.each([
    ['a private thread is what a text channel gets by default', ids.general, {}, { type: 12 }],
    ['a public thread is opened in a text channel', ids.general, { type: 11 }, { type: 11 }],
    ['a thread of an announcement channel has its own type', ids.news, { type: 10 }, { type: 10 }],
    ['a text channel has no threads of that type', ids.general, { type: 10 }, { code: 50_035 }],
    ['a voice channel has no threads', ids.voice, { type: 11 }, { code: 50_024 }],
  ])('%s', async (_, channel, body, expected) => {
    const discord = await localDiscord();
    expect(await open(discord, channel, { name: 'talk', ...body })).toMatchObject({ body: expected });
  });
});

describe('forums', () => {
  it('a real client opens a thread with its first message, which has the same id', async () => {
    const discord = await localDiscord();
    const client = await connect(discord);
    const forum = client.channels.cache.get(ids.forum) as ForumChannel;
    const told = nextEvent<ThreadChannel>(client, Events.ThreadCreate);
    const thread = await forum.threads.create({
      name: '8-K of Ørsted',
      message: { content: 'hello', embeds: [{ title: '8-K' }] },
      appliedTags: [ids.forumTag],
    });
    expect(thread).toMatchObject({ name: '8-K of Ørsted', appliedTags: [ids.forumTag], parentId: ids.forum });
    expect((await told).id).toBe(thread.id);
    expect(discord.messages(thread.id)).toMatchObject([
      { id: thread.id, content: 'hello', embeds: [{ title: '8-K' }] },
    ]);
    expect((await thread.fetchStarterMessage())?.content).toBe('hello');
    await channelOf(client, thread.id).send('more');
    expect(discord.messages(thread.id)).toHaveLength(2);
    expect(discord.complaints).toEqual([]);
  });

  it('the answer is the thread with the message in it', async () => {
    const discord = await localDiscord();
    const { status, body } = await open(discord, ids.forum, { name: 'post', message: { content: 'x' } });
    expect([status, body]).toMatchObject([
      201,
      { type: 11, owner_id: ids.bot, parent_id: ids.forum, message: { content: 'x', author: { id: ids.bot } } },
    ]);
    expect(body).toHaveProperty('message.id', (body as { id: string }).id);
  });

  const many = (count: number): string[] => Array.from({ length: count }, () => ids.forumTag);
  it.each([
    ['without a name', { message: { content: 'x' } }, 50_035, 'errors.name'],
    ['with a blank name', { name: '  ', message: { content: 'x' } }, 50_035, 'errors.name'],
    ['with a name of 101', { name: 'x'.repeat(101), message: { content: 'x' } }, 50_035, 'errors.name'],
    ['without a message', { name: 'post' }, 50_035, 'errors.message'],
    ['with an empty message', { name: 'post', message: {} }, 50_006, 'message'],
    [
      'with a message of 2001',
      { name: 'post', message: { content: 'x'.repeat(2001) } },
      50_035,
      'errors.message.content',
    ],
    [
      'with six tags',
      { name: 'post', message: { content: 'x' }, applied_tags: many(6) },
      50_035,
      'errors.applied_tags',
    ],
    ['with an unknown tag', { name: 'post', message: { content: 'x' }, applied_tags: ['7'] }, 10_087, 'message'],
    [
      'with a tag for moderators',
      { name: 'post', message: { content: 'x' }, applied_tags: [ids.moderatedTag] },
      50_013,
      'message',
    ],
  ])('a thread %s is refused', async (_, body, code, where) => {
    const discord = await localDiscord();
    const answer = await open(discord, ids.forum, body);
    expect(answer).toMatchObject({ body: { code } });
    expect(answer.body).toHaveProperty(where);
    expect(await call(discord, 'GET', `/guilds/${ids.home}/threads/active`)).toMatchObject({
      body: { threads: [{ id: ids.thread }] },
    });
  });

  it('a forum that requires a tag refuses a thread without one', async () => {
    const requiring = (...tags: readonly ForumTagSeed[]): World => {
      const [home] = defaultWorld.guilds;
      const forum = { id: ids.forum, name: 'filings', type: ChannelType.forum, tags, requiresTag: true };
      return { ...defaultWorld, guilds: home ? [{ ...home, channels: [forum] }] : [] };
    };
    const body = { name: 'post', message: { content: 'x' } };
    const choosing = await localDiscord({ world: requiring({ id: ids.forumTag, name: 'Insiders' }) });
    expect(await open(choosing, ids.forum, body)).toMatchObject({ status: 400, body: { code: 40_067 } });
    expect(await open(choosing, ids.forum, { ...body, applied_tags: [ids.forumTag] })).toMatchObject({ status: 201 });
    const reserved = await localDiscord({ world: requiring({ id: ids.forumTag, name: 'x', moderated: true }) });
    expect(await open(reserved, ids.forum, body)).toMatchObject({ status: 400, body: { code: 40_066 } });
  });

  it('a thread of a forum needs the permission to send messages, and that for embeds', async () => {
    const discord = await localDiscord();
    const body = { name: 'post', message: { embeds: [{ title: 'x' }] } };
    discord.denyChannel(ids.forum, ['embedLinks']);
    expect(await open(discord, ids.forum, body)).toMatchObject({ status: 403, body: { code: 50_013 } });
    discord.denyChannel(ids.forum, ['sendMessages']);
    expect(await open(discord, ids.forum, { ...body, message: { content: 'x' } })).toMatchObject({
      status: 403,
      body: { code: 50_013 },
    });
    discord.denyChannel(ids.forum, ['createPublicThreads']);
    expect(await open(discord, ids.forum, body)).toMatchObject({ status: 201 });
  });
});

describe('lists of threads', () => {
  const idsIn = (body: unknown): string[] =>
    (body as { readonly threads: readonly { readonly id: string }[] }).threads.map(({ id }) => id);

  it('the open threads of a guild are listed, newest first, unless the bot cannot see them', async () => {
    const discord = await localDiscord();
    const { body } = await open(discord, ids.forum, { name: 'post', message: { content: 'x' } });
    const { id } = body as { id: string };
    const active = async () => idsIn((await call(discord, 'GET', `/guilds/${ids.home}/threads/active`)).body);
    expect(await active()).toEqual([id, ids.thread]);
    discord.denyChannel(ids.general, ['viewChannel']);
    expect(await active()).toEqual([id]);
    discord.archiveThread(id);
    expect(await active()).toEqual([]);
  });

  it('the archived threads of a channel are listed in pages, the latest first', async () => {
    const clock = new ManualClock();
    const discord = await localDiscord({ clock });
    const names = ['a', 'b', 'c'];
    for (const name of names) {
      const { body } = await open(discord, ids.forum, { name, message: { content: name } });
      await clock.advance(60_000);
      discord.archiveThread((body as { id: string }).id);
    }
    const page = async (query: string) => {
      const { body } = await call(discord, 'GET', `/channels/${ids.forum}/threads/archived/public${query}`);
      return body as { threads: { name: string; thread_metadata: { archive_timestamp: string } }[]; has_more: boolean };
    };
    const first = await page('?limit=2');
    expect([first.threads.map(({ name }) => name), first.has_more]).toEqual([['c', 'b'], true]);
    const before = encodeURIComponent(first.threads.at(-1)?.thread_metadata.archive_timestamp ?? '');
    const last = await page(`?limit=2&before=${before}`);
    expect([last.threads.map(({ name }) => name), last.has_more]).toEqual([['a'], false]);
  });

  it.each([
    ['?limit=1', ids.forum, 50_035],
    ['?limit=101', ids.forum, 50_035],
    ['?before=yesterday', ids.forum, 50_035],
    ['', ids.voice, 50_024],
  ])('the archive is refused with the query "%s" in channel %s', async (query, channel, code) => {
    const path = `/channels/${channel}/threads/archived/public${query}`;
    expect(await call(await localDiscord(), 'GET', path)).toMatchObject({ status: 400, body: { code } });
  });

  it('the archive needs the permission to read the history', async () => {
    const discord = await localDiscord();
    discord.denyChannel(ids.forum, ['readMessageHistory']);
    const path = `/channels/${ids.forum}/threads/archived/public`;
    expect(await call(discord, 'GET', path)).toMatchObject({ status: 403, body: { code: 50_001 } });
  });
});
