import { Events } from 'discord.js';
import { describe, expect, it } from 'vitest';
import { call, channelOf, connect, localDiscord, nextEvent } from '../../support/local-discord.ts';
import { ids, type LocalDiscord } from '../../../local/discord/index.ts';

const path = `/channels/${ids.announcements}/messages`;
const post = (discord: LocalDiscord, body: object) => call(discord, 'POST', path, body);

describe('messages', () => {
  it('a message appears in its channel, is edited, and is deleted', async () => {
    const discord = await localDiscord();
    const client = await connect(discord);
    const sent = await channelOf(client, ids.announcements).send({ content: 'hello', embeds: [{ title: '8-K' }] });
    expect(discord.messages(ids.announcements)).toMatchObject([
      {
        id: sent.id,
        content: 'hello',
        author: { id: ids.bot, bot: true },
        embeds: [{ title: '8-K' }],
        edited_timestamp: null,
      },
    ]);
    expect(discord.messages(ids.general)).toEqual([]);
    await sent.edit({ content: 'bye' });
    expect(discord.messages(ids.announcements)).toMatchObject([{ content: 'bye', embeds: [{ title: '8-K' }] }]);
    expect(discord.messages(ids.announcements)[0]?.edited_timestamp).not.toBeNull();
    await sent.delete();
    expect(discord.messages(ids.announcements)).toEqual([]);
    expect(discord.complaints).toEqual([]);
  });

  it('a message carries files, and an embed shows one of them', async () => {
    const discord = await localDiscord();
    const files = [
      { attachment: Buffer.from('pixels'), name: 'chart.png' },
      { attachment: Buffer.from('a,b'), name: 'a.csv' },
    ];
    await channelOf(await connect(discord), ids.announcements).send({
      embeds: [{ title: 'chart', image: { url: 'attachment://chart.png' } }],
      files,
    });
    const [message] = discord.messages(ids.announcements);
    expect(message?.embeds[0]?.image?.url).toMatch(/^http:.*chart\.png$/);
    expect(message?.attachments).toMatchObject([{ filename: 'a.csv', size: 3 }]);
    const received = discord.requests.at(-1)?.files.map(({ name, bytes }) => [name, Buffer.from(bytes).toString()]);
    expect(received).toEqual([
      ['chart.png', 'pixels'],
      ['a.csv', 'a,b'],
    ]);
    expect(discord.complaints).toEqual([]);
  });

  it('an edited message keeps its files, unless the edit lists others', async () => {
    const discord = await localDiscord();
    const files = ['a', 'b'].map((name) => ({ attachment: Buffer.from(name), name: `${name}.csv` }));
    const sent = await channelOf(await connect(discord), ids.announcements).send({ content: 'x', files });
    const names = () => discord.messages(ids.announcements)[0]?.attachments.map(({ filename }) => filename);
    await sent.edit('y');
    expect(names()).toEqual(['a.csv', 'b.csv']);
    await sent.edit({ attachments: sent.attachments.first(1) });
    expect(names()).toEqual(['a.csv']);
    await sent.edit({ attachments: [] });
    expect(names()).toEqual([]);
  });

  it('a message in a channel cannot be ephemeral', async () => {
    const discord = await localDiscord();
    await post(discord, { content: 'x', flags: 64 | 4096 });
    expect(discord.messages(ids.announcements)).toMatchObject([{ content: 'x', flags: 4096 }]);
  });

  it('a message pings only the people that its content and allowed_mentions name', async () => {
    const discord = await localDiscord();
    const content = `@everyone <@${ids.member}> <@&${ids.adminRole}>`;
    await post(discord, { content });
    await post(discord, { content, allowed_mentions: { parse: [] } });
    await post(discord, { content, allowed_mentions: { parse: [], users: [ids.member] } });
    await post(discord, { content: 'x', embeds: [{ title: content }] });
    const pinged = discord
      .messages(ids.announcements)
      .map(({ mentions, mention_roles: roles, mention_everyone: all }) => [all, mentions.map(({ id }) => id), roles]);
    // The bot may not mention everyone.
    expect(pinged).toEqual([
      [false, [ids.member], [ids.adminRole]],
      [false, [], []],
      [false, [ids.member], []],
      [false, [], []],
    ]);
  });

  it('@everyone pings only when the author may mention everyone', async () => {
    const discord = await localDiscord();
    expect(discord.say(ids.homeAdmin, ids.general, '@everyone').mention_everyone).toBe(true);
    expect(discord.say(ids.member, ids.general, '@everyone').mention_everyone).toBe(false);
  });

  it('the bot can neither edit nor delete a message of somebody else', async () => {
    const discord = await localDiscord();
    const { id } = discord.say(ids.member, ids.announcements, 'mine');
    expect(await call(discord, 'PATCH', `${path}/${id}`, { content: 'x' })).toMatchObject({
      status: 403,
      body: { code: 50_005 },
    });
    expect(await call(discord, 'DELETE', `${path}/${id}`)).toMatchObject({ status: 403, body: { code: 50_013 } });
    expect(discord.messages(ids.announcements)).toMatchObject([{ content: 'mine' }]);
  });
});

describe('limits of messages', () => {
  const many = <Item>(count: number, item: Item): Item[] => Array.from({ length: count }, () => item);
  const button = { type: 2, style: 1, label: 'Go', custom_id: 'go' };
  const row = (...components: object[]) => ({ components: [{ type: 1, components }] });

  it.each([
    ['2001 characters', { content: 'x'.repeat(2001) }, ['content']],
    ['content that is not text', { content: 5 }, ['content']],
    ['a nonce of 26 characters', { content: 'x', nonce: 'n'.repeat(26) }, ['nonce']],
    ['11 embeds', { embeds: many(11, { title: 'x' }) }, ['embeds']],
    [
      '6001 characters over embeds',
      { embeds: [...many(2, { description: 'x'.repeat(2500) }), { description: 'x'.repeat(1001) }] },
      ['embeds'],
    ],
    ['a title of 257', { embeds: [{ title: 'x'.repeat(257) }] }, ['embeds', '0', 'title']],
    ['26 fields', { embeds: [{ fields: many(26, { name: 'a', value: 'b' }) }] }, ['embeds', '0', 'fields']],
    ['an empty field', { embeds: [{ fields: [{ name: 'a', value: ' ' }] }] }, ['embeds', '0', 'fields', '0', 'value']],
    ['a link that is not one', { embeds: [{ title: 'x', url: 'javascript:alert(1)' }] }, ['embeds', '0', 'url']],
    ['the same custom_id twice', row(button, button), ['components']],
    [
      'a button without custom_id',
      row({ ...button, custom_id: undefined }),
      ['components', '0', 'components', '0', 'custom_id'],
    ],
    [
      'a custom_id of 101',
      row({ ...button, custom_id: 'x'.repeat(101) }),
      ['components', '0', 'components', '0', 'custom_id'],
    ],
    [
      '6 buttons in a row',
      row(...['a', 'b', 'c', 'd', 'e', 'f'].map((customId) => Object.assign({}, button, { custom_id: customId }))),
      ['components', '0', 'components'],
    ],
    [
      'contradictory mentions',
      { content: 'x', allowed_mentions: { parse: ['users'], users: ['1'] } },
      ['allowed_mentions'],
    ],
  ])('a message with %s is refused', async (_, body, where) => {
    const discord = await localDiscord();
    const answer = await post(discord, body);
    expect(answer).toMatchObject({ status: 400, body: { code: 50_035, message: 'Invalid Form Body' } });
    expect(answer.body).toHaveProperty(['errors', ...where, '_errors', '0', 'code']);
    expect(discord.messages(ids.announcements)).toEqual([]);
  });

  it.each([{}, { content: '' }, { content: ' \n ' }, { embeds: [] }, { embeds: [{ color: 1 }] }])(
    'the empty message %j is refused',
    async (body) => {
      const discord = await localDiscord();
      expect(await post(discord, body)).toMatchObject({ status: 400, body: { code: 50_006 } });
    },
  );

  it('a message exactly at every limit is accepted', async () => {
    const discord = await localDiscord();
    const embeds = [{ title: 't'.repeat(256), description: 'd'.repeat(4096) }, { description: 'x'.repeat(1648) }];
    expect(await post(discord, { content: 'x'.repeat(2000), embeds, nonce: 'n'.repeat(25) })).toMatchObject({
      status: 200,
    });
  });
});

describe('channels', () => {
  it('a channel lists its messages in pages, newest first', async () => {
    const discord = await localDiscord();
    const sent = Array.from({ length: 6 }, (_, index) => discord.say(ids.member, ids.announcements, `${index}`));
    const [, , third] = sent;
    const contents = async (query: string): Promise<string> => {
      const { body } = await call(discord, 'GET', `${path}?${query}`);
      return (body as { content: string }[]).map(({ content }) => content).join('');
    };
    expect(await contents('')).toBe('543210');
    expect(await contents('limit=2')).toBe('54');
    expect(await contents(`before=${third?.id}`)).toBe('10');
    expect(await contents(`before=${third?.id}&limit=1`)).toBe('1');
    expect(await contents(`after=${third?.id}&limit=2`)).toBe('43');
    expect(await contents(`around=${third?.id}&limit=3`)).toBe('321');
    expect(await contents(`around=${third?.id}&limit=1`)).toBe('2');
    expect(await call(discord, 'GET', `${path}?before=x`)).toMatchObject({ status: 400, body: { code: 50_035 } });
    for (const limit of [0, 101, 'x'])
      expect(await call(discord, 'GET', `${path}?limit=${limit}`)).toMatchObject({
        status: 400,
        body: { code: 50_035 },
      });
  });

  it('permissions in a channel are taken from the bot and given back', async () => {
    const discord = await localDiscord();
    const client = await connect(discord);
    const channel = channelOf(client, ids.announcements);
    discord.denyChannel(ids.announcements);
    await expect(channel.send('x')).rejects.toMatchObject({ status: 403, code: 50_013 });
    discord.denyChannel(ids.announcements, ['viewChannel']);
    await expect(channel.messages.fetch()).rejects.toMatchObject({ status: 403, code: 50_001 });
    discord.denyChannel(ids.announcements, ['embedLinks']);
    await expect(channel.send({ embeds: [{ title: 'x' }] })).rejects.toMatchObject({ code: 50_013 });
    discord.allowChannel(ids.announcements);
    await channel.send('x');
    expect(discord.messages(ids.announcements)).toHaveLength(1);
  });

  it('a client is told which permissions it lost', async () => {
    const discord = await localDiscord();
    const client = await connect(discord);
    const updated = nextEvent(client, Events.ChannelUpdate);
    discord.denyChannel(ids.announcements);
    await updated;
    const channel = client.guilds.cache.get(ids.home)?.channels.cache.get(ids.announcements);
    expect(channel?.permissionsFor(ids.bot)?.has('SendMessages')).toBe(false);
    expect(channel?.permissionsFor(ids.bot)?.has('ViewChannel')).toBe(true);
  });

  it('a removed channel is unknown', async () => {
    const discord = await localDiscord();
    const client = await connect(discord);
    const channel = channelOf(client, ids.announcements);
    discord.removeChannel(ids.announcements);
    await expect(channel.send('x')).rejects.toMatchObject({ status: 404, code: 10_003 });
  });

  it('a channel of direct messages is opened once per person', async () => {
    const discord = await localDiscord();
    const client = await connect(discord);
    await client.users.send(ids.owner, 'hello');
    await client.users.send(ids.owner, 'again');
    const channelId = discord.requests.at(-1)?.path.split('/')[2] ?? '';
    expect(discord.messages(channelId).map(({ content }) => content)).toEqual(['hello', 'again']);
    expect(discord.complaints).toEqual([]);
  });
});
