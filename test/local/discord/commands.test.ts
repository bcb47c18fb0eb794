import { describe, expect, it } from 'vitest';
import { call, connect, localDiscord } from '../../support/local-discord.ts';
import { ids } from '../../../local/discord/index.ts';

const global = `/applications/${ids.application}/commands`;
const inHome = `/applications/${ids.application}/guilds/${ids.home}/commands`;
const seen = { name: 'seen', description: 'What was seen' };

describe('commands', () => {
  it('a real client registers, changes, replaces and removes commands', async () => {
    const discord = await localDiscord();
    const { commands } = (await connect(discord)).application;
    const created = await commands.create({ ...seen, defaultMemberPermissions: 8n });
    expect(discord.commands).toMatchObject([
      { id: created.id, name: 'seen', default_member_permissions: '8', type: 1 },
    ]);
    expect((await commands.fetch()).get(created.id)?.name).toBe('seen');
    await created.edit({ description: 'Changed' });
    expect(discord.commands).toMatchObject([{ id: created.id, description: 'Changed' }]);
    await commands.set([{ name: 'other', description: 'Other' }], ids.home);
    expect(discord.commands.map(({ name, guild_id: guild }) => [name, guild])).toEqual([
      ['seen', undefined],
      ['other', ids.home],
    ]);
    await commands.set([{ name: 'new', description: 'New' }]);
    expect(discord.commands.map(({ name }) => name)).toEqual(['other', 'new']);
    await commands.delete(discord.commands[1]?.id ?? '');
    expect(discord.commands.map(({ name }) => name)).toEqual(['other']);
    expect(discord.complaints).toEqual([]);
  });

  it('a command replaces one of the same name, but not one of another scope', async () => {
    const discord = await localDiscord();
    expect(await call(discord, 'POST', global, seen)).toMatchObject({ status: 201 });
    expect(await call(discord, 'POST', global, { ...seen, description: 'Again' })).toMatchObject({ status: 200 });
    expect(await call(discord, 'POST', inHome, seen)).toMatchObject({ status: 201 });
    expect(discord.commands.map(({ description }) => description)).toEqual(['Again', 'What was seen']);
  });

  const option = { type: 3, name: 'age', description: 'Age' };

  it.each([
    [
      'a required option after an optional one',
      { options: [option, { ...option, name: 'b', required: true }] },
      ['options', '1'],
    ],
    ['two options of one name', { options: [option, option] }, ['options']],
    [
      '26 options',
      { options: Array.from({ length: 26 }, (_, index) => Object.assign({}, option, { name: `o${index}` })) },
      ['options'],
    ],
    ['a name in capitals', { name: 'Seen' }, ['name']],
    ['a name with a space', { name: 'a b' }, ['name']],
    ['no description', { description: '' }, ['description']],
    [
      'a wrong subcommand',
      { options: [{ type: 1, name: 's', description: 's', options: [{ ...option, name: 'A' }] }] },
      ['options', '0', 'options', '0', 'name'],
    ],
  ])('a command with %s is refused', async (_, wrong, where) => {
    const discord = await localDiscord();
    const answer = await call(discord, 'POST', global, { ...seen, ...wrong });
    expect(answer).toMatchObject({ status: 400, body: { code: 50_035 } });
    expect(answer.body).toHaveProperty(['errors', ...where, '_errors', '0', 'code']);
    expect(await call(discord, 'PUT', global, [{ ...seen, ...wrong }])).toMatchObject({ status: 400 });
    expect(discord.commands).toEqual([]);
    await call(discord, 'POST', global, seen);
    const [command] = discord.commands;
    expect(await call(discord, 'PATCH', `${global}/${command?.id}`, wrong)).toMatchObject({ status: 400 });
    expect(discord.commands).toEqual([command]);
  });
});
