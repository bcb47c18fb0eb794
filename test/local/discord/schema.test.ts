import { describe, expect, it } from 'vitest';
import { call, localDiscord } from '../../support/local-discord.ts';
import { ids, schemaProblems } from '../../../local/discord/index.ts';
import { routes } from '../../../local/discord/rest/routes/index.ts';

const button = { type: 2, style: 1, label: 'Go', custom_id: 'go' };
const row = { type: 1, components: [button] };
const command = { name: 'seen', description: 'Seen', type: 1, default_member_permissions: '8' };
const option = { type: 3, name: 'age', description: 'Age', required: true };

const message = ['POST', '/channels/1/messages'] as const;
const thread = ['POST', '/channels/1/threads'] as const;
const callback = ['POST', '/interactions/1/token/callback'] as const;
const original = ['PATCH', '/webhooks/1/token/messages/@original'] as const;
const commands = ['PUT', '/applications/1/commands'] as const;
const guildCommand = ['PATCH', '/applications/1/guilds/2/commands/3'] as const;

describe('Discord’s schema', () => {
  it.each([
    [...message, { content: 'x', tts: false, enforce_nonce: false }],
    [...message, { nonce: 'n', enforce_nonce: true, embeds: [{ title: 'x', url: 'https://a.example/b' }] }],
    [...message, { content: 'x', components: [row], allowed_mentions: { parse: [] } }],
    [...callback, { type: 4, data: { content: 'x', flags: 64, tts: false, components: [row] } }],
    [...callback, { type: 5, data: { flags: 64 } }],
    [...callback, { type: 6 }],
    [...thread, { name: 'post', applied_tags: ['1'], message: { content: 'x', tts: false, enforce_nonce: false } }],
    [...thread, { name: 'talk', type: 11 }],
    [...callback, { type: 8, data: { choices: [{ name: 'a', value: 'b' }] } }],
    [...original, { content: 'x', components: [] }],
    [...commands, [{ ...command, contexts: [0], integration_types: [0], options: [option] }]],
    [...guildCommand, { ...command, name: 'other' }],
    [...commands, [{ ...command, options: [{ type: 10, name: 'share', description: 'Share', min_value: 0.5 }] }]],
  ])('%s %s accepts %j', (method, path, body) => {
    expect(schemaProblems(method, path, body)).toEqual([]);
  });

  it.each([
    [...message, { contents: 'x' }, 'contents'],
    [...message, { content: 5 }, '/content'],
    [...message, { content: 'x', embeds: [{ titel: 'x' }] }, 'titel'],
    [...message, { content: 'x', embeds: [{ title: 'x'.repeat(257) }] }, '/embeds/0/title'],
    [...message, { content: 'x', embeds: [{ title: 'x', url: 'nowhere' }] }, '/embeds/0/url'],
    [...message, { content: 'x', embeds: [{ title: 'x', color: 0.5 }] }, '/embeds/0/color'],
    [...message, { content: 'x', embeds: [{ title: 'x', timestamp: 'yesterday' }] }, '/embeds/0/timestamp'],
    [...message, { content: 'x', nonce: 'n'.repeat(26) }, '/nonce'],
    [
      ...message,
      { content: 'x', components: [{ ...row, components: [{ ...button, custom_id: 'x'.repeat(101) }] }] },
      'custom_id',
    ],
    [...message, { content: 'x', allowed_mentions: { parse: ['everybody'] } }, 'parse'],
    [...message, { content: 'x', message_reference: { message_id: 'seven' } }, 'message_id'],
    [...thread, { name: 'post', message: { content: 'x', nonce: 'n' } }, 'nonce'],
    [...thread, { name: 'x'.repeat(101) }, '/name'],
    [...callback, { type: 4, data: { contents: 'x' } }, 'contents'],
    [...callback, { type: 99 }, 'data'],
    [...original, { contents: 'x' }, 'contents'],
    [...commands, [{ ...command, options: [{ ...option, descripton: 'x' }] }], 'descripton'],
    [...commands, [{ type: 1, description: 'x' }], 'name'],
    [...guildCommand, { nme: 'x' }, 'nme'],
  ])('%s %s refuses %j', (method, path, body, where) => {
    expect(schemaProblems(method, path, body)?.join('\n')).toContain(where);
  });

  it('a component is compared with its own type, not with all that could stand there', () => {
    const components = [{ ...row, components: [{ ...button, style: 9, label: 5, colour: 'red' }] }];
    expect(schemaProblems(...message, { components })).toEqual([
      expect.stringMatching(/^\/components\/0\/components\/0\/style /),
      expect.stringMatching(/^\/components\/0\/components\/0\/label /),
    ]);
  });

  it('every route that takes a body has a schema', () => {
    const taking = routes.filter(
      ({ method, pattern }) => method.startsWith('P') && !/\/(typing|crosspost)$/.test(pattern),
    );
    const without = taking.filter(
      ({ method, pattern }) => schemaProblems(method, pattern.replaceAll(/:\w+/g, '1'), {}) === undefined,
    );
    expect(taking.length).toBeGreaterThan(10);
    expect(without).toEqual([]);
  });

  it('the bodies of received requests are checked', async () => {
    const discord = await localDiscord();
    const path = `/channels/${ids.general}/messages`;
    await call(discord, 'POST', path, { content: 'x' });
    await call(discord, 'POST', path, { content: 'x', colour: 'red' });
    await call(discord, 'GET', path);
    expect(discord.requests.map(({ schemaProblems: problems }) => problems?.length)).toEqual([0, 1, undefined]);
    expect(discord.complaints).toEqual([expect.stringContaining('colour')]);
  });
});
