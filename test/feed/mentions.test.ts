// What a feed posts pings nobody whom nobody has named.
import {
  ActionRowBuilder,
  Client,
  EmbedBuilder,
  MessageFlags,
  MessageFlagsBitField,
  StringSelectMenuBuilder,
  type APIAllowedMentions,
  type MessageMentionOptions,
} from 'discord.js';
import { describe, expect, onTestFinished, test } from 'vitest';

import { messageFor } from '../../src/feed/discord/message/message-for.ts';
import type { MessageBody } from '../../src/feed/feed.ts';
import { resolveDeliveryOptions, type DeliveryOptions } from '../../src/feed/options.ts';
import { defaultWorld, ids, ORDINARY_PERMISSIONS, Permission } from '../../local/discord/index.ts';
import { DeliveryHarness } from '../support/delivery-harness.ts';
import { NoteFeed } from '../support/notes.ts';

const LOUD = `@everyone @here <@${ids.member}> <@&${ids.operatorRole}>`;

/** Everything that a message is made of, in JavaScript: types keep nobody from anything there. */
interface Given {
  readonly body?: object | undefined;
  readonly delivery?: DeliveryOptions;
  readonly client?: object | undefined;
  readonly role?: string | null | undefined;
}

function made({ body = {}, delivery = {}, client, role }: Given) {
  const feed = new NoteFeed();
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- as a bot in JavaScript may have it
  feed.message = () => ('content' in body || 'embeds' in body ? body : { content: LOUD, ...body }) as MessageBody;
  if (role !== undefined) Object.assign(feed, { pingRole: () => role });
  const options = resolveDeliveryOptions(delivery);
  const owner = client === undefined ? undefined : new Client({ intents: [], allowedMentions: client });
  if (owner !== undefined) onTestFinished(() => owner.destroy());
  return messageFor({ feed, options, client: owner }, { id: 'n1' }, { summary: '' }, ids.announcements);
}

const nobody = { parse: [] };
const parse = (...parsed: APIAllowedMentions['parse'] & object) => ({ parse: parsed });

describe('a message pings those whom', () => {
  test.each<[string, Given, object]>([
    ['nobody names: none', {}, nobody],
    ['its own body names', { body: { allowed_mentions: { users: ['1'] } } }, { parse: [], users: ['1'] }],
    [
      'its own body names in discord.js’s words',
      { body: { allowedMentions: { roles: ['2'], repliedUser: true } } },
      { parse: [], roles: ['2'], replied_user: true },
    ],
    ['the option of the feed names', { delivery: { allowedMentions: { parse: ['users'] } } }, parse('users' as never)],
    ['the client names', { client: { parse: ['everyone'] } }, parse('everyone' as never)],
    ['the client names, in part', { client: { repliedUser: false } }, { parse: [], replied_user: false }],
    [
      'the client names by their ids',
      { client: { users: ['3'], parse: ['roles'] } },
      { parse: ['roles'], users: ['3'] },
    ],
    ['the client names nothing of', { client: {} }, nobody],
    [
      'the body names, not the option',
      { body: { allowed_mentions: nobody }, delivery: { allowedMentions: { parse: ['users'] } } },
      nobody,
    ],
    [
      'the option names, not the client',
      { delivery: { allowedMentions: nobody }, client: { parse: ['everyone'] } },
      nobody,
    ],
    ['a body names that says null', { body: { allowed_mentions: null } }, nobody],
  ])('%s', (_, given, expected) => {
    expect(made(given).allowed_mentions).toEqual(expected);
  });

  test.each<[string, MessageMentionOptions | undefined, boolean]>([
    ['nobody is pinged by a feed', undefined, false],
    ['everybody is, where the option says so', { parse: ['everyone'] }, true],
  ])('%s, although the bot may', async (_, allowedMentions, pings) => {
    const everyone = ORDINARY_PERMISSIONS | Permission.mentionEveryone;
    const guilds = defaultWorld.guilds.map((guild) => Object.assign({}, guild, { everyone }));
    const world = { ...defaultWorld, guilds };
    const harness = await DeliveryHarness.start({ discord: { world }, delivery: { allowedMentions } });
    harness.feed.message = () => ({ content: LOUD });
    await harness.deliver([{ id: 'n1' }]);
    expect(harness.discord.messages(ids.announcements)).toMatchObject([
      { content: LOUD, mention_everyone: pings, mentions: [], mention_roles: [] },
    ]);
  });
});

describe('a role to ping', () => {
  const role = '1100000000000000777';
  const delivery = { pingRoleId: role };
  const only = { parse: [], roles: [role] };

  test.each<[string, Given, object]>([
    [
      'is named before the text',
      { body: { content: 'News' }, delivery },
      { content: `<@&${role}> News`, allowed_mentions: only },
    ],
    [
      'is the text of a message without one',
      { body: { embeds: [{ title: 'a' }] }, delivery },
      { content: `<@&${role}>`, allowed_mentions: only },
    ],
    [
      'is not named twice',
      { body: { content: `Hi <@&${role}>!` }, delivery },
      { content: `Hi <@&${role}>!`, allowed_mentions: only },
    ],
    [
      'is named once though the option allows it too',
      { body: { content: 'a' }, delivery: { ...delivery, allowedMentions: { roles: [role] } } },
      { allowed_mentions: only },
    ],
    [
      'is pinged by what allows all roles',
      { body: { content: 'a', allowed_mentions: { parse: ['roles'] } }, delivery },
      { allowed_mentions: { parse: ['roles'] } },
    ],
    [
      'is pinged besides those whom the body names',
      { body: { content: 'a', allowed_mentions: { users: ['1'] } }, delivery },
      { allowed_mentions: { parse: [], users: ['1'], roles: [role] } },
    ],
    [
      'is the only one, whatever the client allows',
      { body: { content: LOUD }, delivery, client: { parse: ['everyone', 'roles', 'users'] } },
      { allowed_mentions: only },
    ],
    [
      'can be chosen for the item',
      { body: { content: 'a' }, role },
      { content: `<@&${role}> a`, allowed_mentions: only },
    ],
    [
      'can be left out for the item',
      { body: { content: 'a' }, delivery, role: null },
      { content: 'a', allowed_mentions: nobody },
    ],
  ])('%s', (_, given, expected) => {
    expect(made(given)).toMatchObject(expected);
  });

  test('fits in by shortening the end of a text that fills the message', () => {
    const { content = '' } = made({ body: { content: `${'a'.repeat(1973)}${'😀'.repeat(13)}z` }, delivery });
    expect(content?.startsWith(`<@&${role}> aaa`)).toBe(true);
    expect(content?.endsWith('…')).toBe(true);
    expect(content?.length).toBeLessThanOrEqual(2000);
    expect(content?.isWellFormed()).toBe(true);
  });

  test('leaves a text that was too long before as it is, for Discord to refuse', () => {
    const content = 'a'.repeat(2001);
    expect(made({ body: { content }, delivery }).content).toBe(`<@&${role}> ${content}`);
  });

  test('has a text of its own in a message that is made of components', () => {
    const text = { type: 10, content: 'News' };
    const flags = MessageFlags.IsComponentsV2;
    const body = { content: undefined, flags, components: [text] };
    expect(made({ body, delivery })).toMatchObject({
      components: [{ type: 10, content: `<@&${role}>` }, text],
      allowed_mentions: only,
    });
    expect(made({ body, delivery }).content).toBeUndefined();
  });

  test('is refused for a forwarded message, which has no text', () => {
    const body = { content: '', message_reference: { type: 1, channel_id: '1', message_id: '2' } };
    expect(() => made({ body, delivery })).toThrow('forwarded message');
  });

  test.each(['', 'news', `<@&${role}>`, '12 34'])('is refused where the feed gives no id for it, but %o', (given) => {
    expect(() => made({ body: { content: 'a' }, role: given })).toThrow('pingRole() must return the id of a role');
  });

  test('is pinged, and nobody else, in Discord', async () => {
    const harness = await DeliveryHarness.start({ delivery: { pingRoleId: ids.operatorRole } });
    harness.feed.message = () => ({ content: `@everyone <@${ids.member}>` });
    await harness.deliver([{ id: 'n1' }]);
    expect(harness.discord.messages(ids.announcements)).toMatchObject([
      { content: `<@&${ids.operatorRole}> @everyone <@${ids.member}>`, mention_everyone: false, mentions: [] },
    ]);
    const [creation] = harness.creations();
    expect(creation?.body).toMatchObject({ allowed_mentions: { parse: [], roles: [ids.operatorRole] } });
  });
});

describe('the options', () => {
  test.each<[object, string]>([
    [{ pingRoleId: '@news' }, 'pingRoleId must be the id of a role'],
    [{ allowedMentions: 'none' }, 'allowedMentions must be an object'],
    [{ allowedMentions: { parse: ['all'] } }, 'allowedMentions.parse cannot hold "all"'],
    [{ allowedMentions: { user: ['1'] } }, 'allowedMentions.user is unknown'],
    [{ allowedMentions: { users: '1' } }, 'allowedMentions.users must be a list'],
  ])('%o is refused', (options, problem) => {
    expect(() => resolveDeliveryOptions(options)).toThrow(problem);
  });
});

describe('the body of a message', () => {
  test('is made of builders, however deep they lie', () => {
    const menu = new StringSelectMenuBuilder().setCustomId('a').addOptions({ label: 'b', value: 'c' });
    const components = [new ActionRowBuilder<StringSelectMenuBuilder>().addComponents(menu)];
    const body = made({ body: { embeds: [new EmbedBuilder().setTitle('t')], components } });
    expect(body).toMatchObject({
      embeds: [{ title: 't' }],
      components: [{ type: 1, components: [{ custom_id: 'a' }] }],
    });
    expect(structuredClone(body)).toEqual(body);
  });

  test.each([
    [['SuppressEmbeds', 'SuppressNotifications'], 4 | 4096],
    [new MessageFlagsBitField(['IsComponentsV2']), 1 << 15],
    [4, 4],
  ])('has flags that are written as %o', (flags, bits) => {
    expect(made({ body: { flags } }).flags).toBe(bits);
  });

  test('carries no nonce but the feed’s', () => {
    expect(made({ body: { nonce: '1', enforceNonce: true } })).not.toHaveProperty('enforceNonce');
  });

  test.each<[object, string]>([
    [{ files: [] }, 'A feed cannot upload files'],
    [{ reply: { messageReference: '1' } }, 'Use message_reference: { message_id }'],
    [{ stickers: ['1'] }, 'Use sticker_ids'],
    [{ embeds: [{ footer: { text: 'a', iconURL: 'b' } }] }, 'message.embeds[0].footer.iconURL. Use icon_url'],
    [{ components: [{ type: 1, components: [{ type: 2, customId: 'a' }] }] }, 'customId. Use custom_id'],
    [{ poll: { question: { text: 'a' }, answers: [], allowMultiselect: true } }, 'Use allow_multiselect'],
    [{ allowedMentions: { parse: [] }, allowed_mentions: { parse: [] } }, 'both allowed_mentions and allowedMentions'],
    [{ allowedMentions: { parse: 'all' } }, 'message.allowed_mentions.parse must be a list'],
    [{ flags: 'Loud' }, 'message.flags cannot be used'],
    [{ content: 1n }, 'cannot be turned into JSON'],
  ])('is refused with a remedy: %o', (body, problem) => {
    expect(() => made({ body })).toThrow(problem);
  });

  test('is no promise, which has no text', () => {
    const body = Object.assign(Promise.resolve({}), { content: undefined });
    expect(() => made({ body })).toThrow('not a promise');
  });

  test('that is refused is an item’s own fault, and keeps no other from being posted', async () => {
    const harness = await DeliveryHarness.start();
    harness.feed.message = ({ id }) => (id === 'n1' ? ({ content: id, stickers: ['1'] } as never) : { content: id });
    expect(await harness.deliver([{ id: 'n1' }, { id: 'n2' }])).toMatchObject({ posted: 1, failed: 1 });
    expect((await harness.store.ledger.find('n1'))?.lastError).toContain('Use sticker_ids');
  });
});
