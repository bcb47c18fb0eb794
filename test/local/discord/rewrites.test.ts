import { Events, type Message, type PartialMessage } from 'discord.js';
import { describe, expect, it } from 'vitest';
import { defaultWorld, everyRewrite, ids, type LocalDiscord, type World } from '../../../local/discord/index.ts';
import { call, channelOf, connect, localDiscord } from '../../support/local-discord.ts';

const OWN_EMOJI = '1100000000000000200';
const OTHER_EMOJI = '1200000000000000200';
const FOREIGN_EMOJI = '1300000000000000200';

const world: World = {
  ...defaultWorld,
  guilds: defaultWorld.guilds.map((guild) =>
    Object.assign({}, guild, { emojis: [{ id: guild.id === ids.home ? OWN_EMOJI : OTHER_EMOJI, name: 'up' }] }),
  ),
};

const rewriting = () => localDiscord({ world, rewrites: everyRewrite });

const post = async (discord: LocalDiscord, body: object) =>
  (await call(discord, 'POST', `/channels/${ids.general}/messages`, body)).body as { readonly id: string };

describe('what Discord makes of a message before it shows it', () => {
  it.each([
    ['marks for the direction of text', '\u202Bخبر\u202C \u200Eeins\u2068zwei\u2069', 'خبر einszwei'],
    ['halves of characters', 'a\uD83Db \uDE00c 😀', 'ab c 😀'],
    ['nothing of a zero-width space or joiner', 'a\u200Bb 👨‍👩‍👧', 'a\u200Bb 👨‍👩‍👧'],
  ])('%s are dropped from every text', async (_, sent, shown) => {
    const discord = await rewriting();
    await post(discord, { content: sent, embeds: [{ title: sent, fields: [{ name: sent, value: 'x' }] }] });
    expect(discord.messages(ids.general)).toMatchObject([
      { content: shown, embeds: [{ title: shown, fields: [{ name: shown, value: 'x' }] }] },
    ]);
  });

  it('a message in which nothing is left is refused', async () => {
    const discord = await rewriting();
    expect(await call(discord, 'POST', `/channels/${ids.general}/messages`, { content: '\u202E' })).toMatchObject({
      status: 400,
      body: { code: 50_006 },
    });
  });

  it('a custom emoji that the bot cannot use becomes its name', async () => {
    const discord = await rewriting();
    const content = `<:up:${OWN_EMOJI}> <a:up:${OTHER_EMOJI}> <:up:${FOREIGN_EMOJI}>`;
    await post(discord, { content });
    discord.denyChannel(ids.general, ['useExternalEmojis']);
    await post(discord, { content });
    expect(discord.messages(ids.general).map((message) => message.content)).toEqual([
      `<:up:${OWN_EMOJI}> <a:up:${OTHER_EMOJI}> :up:`,
      `<:up:${OWN_EMOJI}> :up: :up:`,
    ]);
  });

  it('pictures and times of embeds come back in another form', async () => {
    const discord = await rewriting();
    await post(discord, { embeds: [{ image: { url: 'https://a.example/b.png' }, timestamp: '2026-01-05T14:00:00Z' }] });
    expect(discord.messages(ids.general)[0]?.embeds).toMatchObject([
      {
        type: 'rich',
        timestamp: '2026-01-05T14:00:00.000000+00:00',
        image: { url: 'https://a.example/b.png', proxy_url: expect.stringContaining('a.example/b.png'), width: 640 },
      },
    ]);
  });

  it('an edit is rewritten as well, and without the option nothing is', async () => {
    const discord = await rewriting();
    const { id } = await post(discord, { content: 'a' });
    await call(discord, 'PATCH', `/channels/${ids.general}/messages/${id}`, { content: 'b\u200E' });
    expect(discord.messages(ids.general)).toMatchObject([{ content: 'b' }]);
    const plain = await localDiscord();
    await post(plain, { content: `<:up:${FOREIGN_EMOJI}>\u200E` });
    expect(plain.messages(ids.general)).toMatchObject([{ content: `<:up:${FOREIGN_EMOJI}>\u200E` }]);
  });
});

describe('what becomes of a message later', () => {
  it('a preview of its link is added, which does not count as an edit, and clients are told', async () => {
    const discord = await localDiscord();
    const client = await connect(discord);
    const told = new Promise<Message | PartialMessage>((resolve) => {
      client.once(Events.MessageUpdate, (_, message) => resolve(message));
    });
    const sent = await channelOf(client, ids.general).send({
      content: 'New: https://news.example/1',
      embeds: [{ title: 'own' }],
    });
    discord.addLinkPreview(ids.general, sent.id, { provider: { name: 'News' } });
    expect((await told).embeds).toHaveLength(2);
    const embeds = [
      { type: 'rich', title: 'own' },
      { type: 'article', url: 'https://news.example/1', provider: { name: 'News' } },
    ];
    expect(discord.messages(ids.general)).toMatchObject([{ embeds, edited_timestamp: null }]);
    await sent.edit({ content: 'Still: https://news.example/1' });
    expect(discord.messages(ids.general)).toMatchObject([{ content: 'Still: https://news.example/1', embeds }]);
  });

  it('a preview needs a link', async () => {
    const discord = await localDiscord();
    const { id } = await post(discord, { content: 'no link' });
    expect(() => discord.addLinkPreview(ids.general, id)).toThrow('There is no link in message');
  });

  it('embeds that a moderator hides are gone from the API, and no preview comes after', async () => {
    const discord = await localDiscord();
    const { id } = await post(discord, { content: 'https://news.example/1', embeds: [{ title: 'own' }] });
    discord.hideEmbeds(ids.general, id);
    discord.addLinkPreview(ids.general, id);
    const { body } = await call(discord, 'GET', `/channels/${ids.general}/messages/${id}`);
    expect(body).toMatchObject({ content: 'https://news.example/1', embeds: [], flags: 4, edited_timestamp: null });
  });

  it('an author who may not embed links gets no preview', async () => {
    const discord = await localDiscord();
    discord.denyChannel(ids.general, ['embedLinks']);
    const { id } = await post(discord, { content: 'https://news.example/1' });
    discord.addLinkPreview(ids.general, id);
    expect(discord.messages(ids.general)).toMatchObject([{ embeds: [] }]);
  });
});
