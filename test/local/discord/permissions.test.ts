import type { GuildChannel } from 'discord.js';
import { describe, expect, it } from 'vitest';
import { defaultWorld, ids, type LocalDiscord, Permission, type World } from '../../../local/discord/index.ts';
import { call, channelOf, connect, localDiscord } from '../../support/local-discord.ts';

const path = `/channels/${ids.general}/messages`;
const post = (discord: LocalDiscord, body: object) => call(discord, 'POST', path, body);

/** The default world whose home guild is changed. */
function homeWith(changes: Partial<World['guilds'][number]>): World {
  const [home, ...others] = defaultWorld.guilds;
  return { ...defaultWorld, guilds: home ? [{ ...home, ...changes }, ...others] : others };
}

describe('the permission to embed links', () => {
  it('without it a message of embeds alone is refused, and beside a text the embeds vanish', async () => {
    const discord = await localDiscord();
    const sent = (await post(discord, { content: 'first', embeds: [{ title: 'x' }] })).body as { readonly id: string };
    discord.denyChannel(ids.general, ['embedLinks']);
    const embeds = [{ title: 'y' }];
    expect(await post(discord, { embeds })).toMatchObject({ status: 403, body: { code: 50_013 } });
    expect(await post(discord, { content: 'second', embeds })).toMatchObject({ status: 200, body: { embeds: [] } });
    await call(discord, 'PATCH', `${path}/${sent.id}`, { content: 'edited', embeds });
    expect(discord.messages(ids.general)).toMatchObject([
      { content: 'edited', embeds: [{ title: 'x' }] },
      { content: 'second', embeds: [] },
    ]);
  });
});

describe('the permission to read the history', () => {
  it('without it the history is empty, and a message cannot be fetched', async () => {
    const discord = await localDiscord();
    const sent = (await post(discord, { content: 'x' })).body as { readonly id: string };
    discord.denyChannel(ids.general, ['readMessageHistory']);
    expect(await call(discord, 'GET', path)).toEqual({ status: 200, body: [] });
    expect(await call(discord, 'GET', `${path}/${sent.id}`)).toMatchObject({ status: 403, body: { code: 50_001 } });
    expect(await post(discord, { content: 'y' })).toMatchObject({ status: 200 });
  });

  it('without it the bot cannot reply', async () => {
    const discord = await localDiscord();
    const { id } = discord.say(ids.member, ids.general, 'x');
    const reply = { content: 'y', message_reference: { message_id: id } };
    expect(await post(discord, reply)).toMatchObject({ status: 200 });
    discord.denyChannel(ids.general, ['readMessageHistory']);
    expect(await post(discord, reply)).toMatchObject({ status: 400, body: { code: 160_002 } });
  });
});

describe('the permission to mention everyone', () => {
  it('without it a role that is not mentionable is not pinged', async () => {
    const roles = [
      { id: ids.adminRole, name: 'Admins', permissions: 0n, mentionable: false },
      { id: ids.operatorRole, name: 'Operators', permissions: 0n },
    ];
    const members = [{ userId: ids.bot }];
    const content = `<@&${ids.adminRole}> <@&${ids.operatorRole}>`;
    const plain = await localDiscord({ world: homeWith({ roles, members }) });
    expect((await post(plain, { content })).body).toMatchObject({ content, mention_roles: [ids.operatorRole] });
    const everyone = Permission.viewChannel | Permission.sendMessages | Permission.mentionEveryone;
    const mentioning = await localDiscord({ world: homeWith({ roles, members, everyone }) });
    expect((await post(mentioning, { content })).body).toMatchObject({
      mention_roles: [ids.adminRole, ids.operatorRole],
    });
  });

  it('a mark inside a mention does not hide it, because marks are dropped before mentions are looked for', async () => {
    const everyone = Permission.viewChannel | Permission.sendMessages | Permission.mentionEveryone;
    const discord = await localDiscord({ world: homeWith({ everyone }) });
    const content = '@every\u202Eone';
    expect((await post(discord, { content })).body).toMatchObject({ mention_everyone: true });
    expect((await post(discord, { content, allowed_mentions: { parse: [] } })).body).toMatchObject({
      mention_everyone: false,
    });
  });
});

describe('overwrites', () => {
  it('those of @everyone come first, then those of the roles, and those of the member last', async () => {
    const discord = await localDiscord();
    const client = await connect(discord);
    const channel = client.channels.cache.get(ids.general) as GuildChannel;
    const mayPost = async () => (await post(discord, { content: 'x' })).status === 200;
    const computed = () => channel.permissionsFor(ids.bot)?.has('SendMessages');
    discord.denyChannel(ids.general, ['sendMessages'], ids.home);
    await expect.poll(computed).toBe(false);
    expect(await mayPost()).toBe(false);
    discord.allowChannel(ids.general, ids.home);
    discord.denyChannel(ids.general, ['sendMessages'], ids.botRole);
    await expect.poll(() => channel.permissionOverwrites.cache.get(ids.botRole)?.deny.has('SendMessages')).toBe(true);
    expect([await mayPost(), computed()]).toEqual([false, false]);
  });

  it('an allowed permission of a role counts more than a denied one of @everyone', async () => {
    const overwrites = [
      { id: ids.home, of: 'role', allow: 0n, deny: Permission.sendMessages | Permission.embedLinks },
      { id: ids.botRole, of: 'role', allow: Permission.sendMessages, deny: 0n },
      { id: ids.bot, of: 'member', allow: Permission.embedLinks, deny: 0n },
    ] as const;
    const discord = await localDiscord({
      world: homeWith({ channels: [{ id: ids.general, name: 'general', overwrites }] }),
    });
    const client = await connect(discord);
    await channelOf(client, ids.general).send({ embeds: [{ title: 'x' }] });
    expect((client.channels.cache.get(ids.general) as GuildChannel).permissionsFor(ids.bot)?.toArray()).toEqual(
      expect.arrayContaining(['SendMessages', 'EmbedLinks']),
    );
    discord.denyChannel(ids.general, ['sendMessages']);
    await expect(channelOf(client, ids.general).send('x')).rejects.toMatchObject({ code: 50_013 });
  });

  it('permissions can be computed from what REST tells of the guild, the member and the channel', async () => {
    const discord = await localDiscord();
    discord.denyChannel(ids.general, ['embedLinks'], ids.botRole);
    const get = async (at: string) => (await call(discord, 'GET', at)).body;
    expect(await get('/users/@me')).toMatchObject({ id: ids.bot });
    expect(await get(`/guilds/${ids.home}`)).toMatchObject({ owner_id: ids.homeOwner });
    expect(await get(`/guilds/${ids.home}/members/${ids.bot}`)).toMatchObject({ roles: [ids.botRole] });
    expect(await get(`/guilds/${ids.home}/roles`)).toContainEqual(
      expect.objectContaining({ id: ids.home, name: '@everyone', permissions: expect.stringMatching(/^\d+$/) }),
    );
    expect(await get(`/channels/${ids.general}`)).toMatchObject({
      guild_id: ids.home,
      permission_overwrites: [{ id: ids.botRole, type: 0, allow: '0', deny: String(1 << 14) }],
    });
    expect(discord.complaints).toEqual([]);
  });
});
