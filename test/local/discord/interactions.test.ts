import {
  ActionRowBuilder,
  ApplicationCommandOptionType,
  type ApplicationCommandDataResolvable,
  ButtonBuilder,
  ButtonStyle,
  type Client,
  type Interaction,
  InteractionContextType,
  MessageFlags,
} from 'discord.js';
import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../support/manual-clock.ts';
import { answerWith, call, connect, localDiscord } from '../../support/local-discord.ts';
import {
  buttonsOf,
  ids,
  type LocalDiscord,
  type LocalDiscordOptions,
  type SlashInvocation,
} from '../../../local/discord/index.ts';

const seen = {
  name: 'seen',
  description: 'What was seen',
  contexts: [InteractionContextType.Guild],
  options: [
    { type: ApplicationCommandOptionType.Subcommand, name: 'stats', description: 'Counts' },
    {
      type: ApplicationCommandOptionType.Subcommand,
      name: 'purge',
      description: 'Forget',
      options: [
        { type: ApplicationCommandOptionType.String, name: 'age', description: 'How old', required: true },
        { type: ApplicationCommandOptionType.Integer, name: 'limit', description: 'How many' },
      ],
    },
    {
      type: ApplicationCommandOptionType.Subcommand,
      name: 'why',
      description: 'Reason',
      options: [
        { type: ApplicationCommandOptionType.String, name: 'filing', description: 'Which', autocomplete: true },
      ],
    },
  ],
} satisfies ApplicationCommandDataResolvable;

const stats = {
  user: ids.member,
  guildId: ids.home,
  channelId: ids.general,
  command: 'seen',
  subcommand: 'stats',
} as const;

const go = new ActionRowBuilder<ButtonBuilder>().addComponents(
  new ButtonBuilder().setCustomId('go').setLabel('Go').setStyle(ButtonStyle.Danger),
  new ButtonBuilder().setCustomId('off').setLabel('Off').setStyle(ButtonStyle.Secondary).setDisabled(true),
);

interface Bot {
  readonly discord: LocalDiscord;
  readonly client: Client<true>;
}

/** A bot with /seen registered, that answers like this. */
async function bot(
  answer: (interaction: Interaction) => Promise<unknown>,
  options: LocalDiscordOptions = {},
): Promise<Bot> {
  const discord = await localDiscord(options);
  const client = await connect(discord);
  await client.application.commands.set([seen]);
  answerWith(client, answer);
  return { discord, client };
}

const reply = (content: string, flags?: MessageFlags.Ephemeral) => async (interaction: Interaction) =>
  interaction.isRepliable() && interaction.reply({ content, components: [go], ...(flags && { flags }) });

describe('slash commands', () => {
  it('a real client answers in the channel', async () => {
    const { discord } = await bot(reply('3 rows'));
    const result = await discord.slash(stats);
    expect(result).toMatchObject({
      callbackType: 4,
      deferred: false,
      ephemeral: false,
      message: { content: '3 rows' },
    });
    expect(discord.messages(ids.general)).toMatchObject([
      { content: '3 rows', interaction_metadata: { user: { id: ids.member } } },
    ]);
    expect(discord.requests.at(-1)).toMatchObject({ status: 204, response: undefined });
    expect(discord.complaints).toEqual([]);
  });

  it('a deferred ephemeral answer is edited, and nobody else sees it', async () => {
    const { discord } = await bot(async (interaction) => {
      if (!interaction.isChatInputCommand()) return;
      await interaction.deferReply({ flags: MessageFlags.Ephemeral });
      await interaction.editReply(`counted ${interaction.options.getSubcommand()}`);
      await interaction.editReply('done');
    });
    const result = await discord.slash(stats);
    expect(result).toMatchObject({ callbackType: 5, deferred: true, ephemeral: true });
    await result.waitFor(({ content }) => content === 'done');
    expect((await result.reply()).edited_timestamp).not.toBeNull();
    expect(discord.messages(ids.general)).toEqual([]);
    await expect(result.waitFor(({ content }) => content === 'never', 1)).rejects.toThrow('"content":"done"');
    expect(discord.complaints).toEqual([]);
  });

  it('the bot learns the person, the place, the options and the permissions', async () => {
    const { discord } = await bot(async (interaction) => {
      if (!interaction.isChatInputCommand() || !interaction.inCachedGuild()) return;
      const { options, guild, memberPermissions, member } = interaction;
      const asked = [options.getString('age'), options.getInteger('limit'), guild.name, member.displayName];
      await interaction.reply([...asked, memberPermissions.has('Administrator')].join(' '));
    });
    const purge = { ...stats, subcommand: 'purge', options: { age: '7d', limit: 5 } };
    const content = async (more: Partial<SlashInvocation>) =>
      (await discord.slash({ ...purge, ...more })).message?.content;
    expect(await content({})).toBe('7d 5 Home Milo false');
    expect(await content({ user: ids.homeAdmin })).toBe('7d 5 Home Ada true');
    expect(await content({ user: ids.homeOwner })).toBe('7d 5 Home Hugo true');
    expect(await content({ user: ids.otherAdmin })).toBe('7d 5 Home Otto false');
    const elsewhere = { guildId: ids.other, channelId: ids.otherGeneral };
    expect(await content({ user: ids.otherAdmin, ...elsewhere })).toBe('7d 5 Other Otto true');
    await expect(content({ user: ids.homeAdmin, ...elsewhere })).rejects.toThrow('Unknown Member');
  });

  it.each([
    ['an unregistered name', { command: 'nope' }, 'No command /nope is registered. Registered: /seen.'],
    ['no subcommand', { subcommand: undefined }, '/seen needs a subcommand: stats, purge, why.'],
    ['an unknown subcommand', { subcommand: 'x' }, '/seen has no subcommand "x"'],
    ['an unknown option', { options: { x: 1 } }, '/seen stats has no option "x"'],
    ['a missing option', { subcommand: 'purge' }, '/seen purge requires the option "age"'],
    [
      'a value of the wrong type',
      { subcommand: 'purge', options: { age: 7 } },
      '/seen purge age takes a string, not 7',
    ],
    ['a channel of another guild', { guildId: ids.other }, 'is not in guild'],
  ])('a command with %s cannot be sent', async (_, change, error) => {
    const { discord } = await bot(reply('x'));
    await expect(discord.slash({ ...stats, ...change })).rejects.toThrow(error);
  });

  it('a command cannot be sent in a context for which it was not registered', async () => {
    const { discord, client } = await bot(reply('x'));
    const { id: channelId } = await client.users.createDM(ids.member);
    await expect(discord.slash({ user: ids.member, channelId, command: 'seen', subcommand: 'stats' })).rejects.toThrow(
      'not available in context 1',
    );
  });

  it('a command that was registered for direct messages works there', async () => {
    const { discord, client } = await bot(reply('in private'));
    await client.application.commands.set([{ ...seen, contexts: [InteractionContextType.BotDM] }]);
    const { id: channelId } = await client.users.createDM(ids.member);
    const result = await discord.slash({ user: ids.member, channelId, command: 'seen', subcommand: 'stats' });
    expect(result.message?.content).toBe('in private');
  });

  it('a command fails when the bot does not answer in time, and a later answer is refused', async () => {
    const answers: Interaction[] = [];
    const { discord } = await bot(async (interaction) => answers.push(interaction), { responseTimeoutMs: 50 });
    await expect(discord.slash(stats)).rejects.toThrow('The application did not respond to /seen stats within 50 ms.');
    await expect.poll(() => answers).toHaveLength(1);
    const [late] = answers;
    await expect(late?.isRepliable() && late.reply('late')).rejects.toMatchObject({ status: 404, code: 10_062 });
    expect(discord.messages(ids.general)).toEqual([]);
  });

  it('a command fails at once when no bot is connected', async () => {
    const { discord, client } = await bot(reply('x'));
    await client.destroy();
    await discord.waitUntil('the end', () => discord.connected === 0);
    await expect(discord.slash(stats)).rejects.toThrow(
      'The application did not respond to /seen stats: it is not connected.',
    );
  });
});

describe('answers', () => {
  it('a second first answer is refused', async () => {
    const refused: unknown[] = [];
    const { discord } = await bot(async (interaction) => {
      if (!interaction.isRepliable()) return;
      const path = `/interactions/${interaction.id}/${interaction.token}/callback`;
      await interaction.reply('first');
      refused.push(await call(discord, 'POST', path, { type: 4, data: { content: 'second' } }));
      await interaction.editReply('third');
    });
    const result = await discord.slash(stats);
    await result.waitFor(({ content }) => content === 'third');
    expect(refused).toMatchObject([{ status: 400, body: { code: 40_060 } }]);
    expect(discord.messages(ids.general)).toHaveLength(1);
  });

  it('the created message is returned only to a bot that asks for it', async () => {
    const { discord } = await bot(async (interaction) => {
      if (!interaction.isRepliable()) return;
      const { resource } = await interaction.reply({ content: 'first', withResponse: true });
      await interaction.editReply(`it was ${resource?.message?.content}`);
    });
    await (await discord.slash(stats)).waitFor(({ content }) => content === 'it was first');
    const callbacks = discord.requests.filter(({ path }) => path.endsWith('/callback'));
    expect(callbacks.map(({ status, query }) => [status, query])).toEqual([[200, { with_response: 'true' }]]);
  });

  it.each([
    ['over the limit', { type: 4, data: { content: 'x'.repeat(2001) } }, 50_035],
    ['that is empty', { type: 4, data: {} }, 50_006],
    ['for another kind of question', { type: 8, data: { choices: [] } }, 50_035],
    ['of an unknown kind', { type: 77 }, 50_035],
    ['without a type', {}, 50_035],
  ])('an answer %s is refused, and a valid one may follow', async (_, body, code) => {
    const refused: unknown[] = [];
    const { discord } = await bot(async (interaction) => {
      if (!interaction.isRepliable()) return;
      refused.push(await call(discord, 'POST', `/interactions/${interaction.id}/${interaction.token}/callback`, body));
      await interaction.reply('better');
    });
    expect((await discord.slash(stats)).message?.content).toBe('better');
    expect(refused).toMatchObject([{ status: 400, body: { code } }]);
  });

  it('a bot sends follow-ups, and reads and deletes its answer', async () => {
    const { discord } = await bot(async (interaction) => {
      if (!interaction.isChatInputCommand()) return;
      await interaction.reply('first');
      const more = await interaction.followUp({ content: 'more', flags: MessageFlags.Ephemeral });
      await interaction.editReply({ message: more, content: `after ${(await interaction.fetchReply()).content}` });
      await interaction.deleteReply();
    });
    const result = await discord.slash(stats);
    await discord.waitUntil('the deletion', () => result.message === undefined);
    expect(result.followUps.map(({ content }) => content)).toEqual(['after first']);
    expect(discord.messages(ids.general)).toEqual([]);
    expect(discord.complaints).toEqual([]);
  });

  it('the first follow-up completes a deferred answer', async () => {
    const { discord } = await bot(async (interaction) => {
      if (!interaction.isChatInputCommand()) return;
      await interaction.deferReply();
      await interaction.followUp('here');
    });
    const result = await discord.slash(stats);
    expect((await result.reply()).content).toBe('here');
    expect(discord.messages(ids.general)).toHaveLength(1);
  });

  it('an answer can be edited for fifteen minutes', async () => {
    const clock = new ManualClock();
    const { discord } = await bot(reply('first'), { clock });
    await discord.slash(stats);
    const { path = '' } = discord.requests.findLast((request) => request.path.endsWith('/callback')) ?? {};
    const original = `/webhooks/${ids.application}/${path.split('/')[3]}/messages/%40original`;
    await clock.advance(15 * 60_000 - 1);
    expect(await call(discord, 'PATCH', original, { content: 'still' })).toMatchObject({ status: 200 });
    await clock.advance(1);
    expect(await call(discord, 'PATCH', original, { content: 'no more' })).toMatchObject({
      status: 401,
      body: { code: 50_027 },
    });
    expect(discord.messages(ids.general)).toMatchObject([{ content: 'still' }]);
  });
});

describe('buttons', () => {
  /** Answers the command with a button, and the button by an update, or a deferred one. */
  const withButton = (deferred: boolean, flags?: MessageFlags.Ephemeral) => async (interaction: Interaction) => {
    if (interaction.isChatInputCommand()) await reply('sure?', flags)(interaction);
    if (!interaction.isButton()) return;
    const content = `${interaction.message.content} ${interaction.user.username} pressed ${interaction.customId}`;
    if (deferred) await interaction.deferUpdate();
    await (deferred
      ? interaction.editReply({ content, components: [] })
      : interaction.update({ content, components: [] }));
  };

  it.each([true, false])('a button changes its message, with a deferred update: %s', async (deferred) => {
    const { discord } = await bot(withButton(deferred, MessageFlags.Ephemeral));
    const message = await (await discord.slash(stats)).reply();
    expect(buttonsOf(message)).toMatchObject([
      { customId: 'go', label: 'Go' },
      { customId: 'off', disabled: true },
    ]);
    const pressed = await discord.press({ user: ids.member, message, customId: 'go' });
    const changed = await pressed.waitFor(({ components }) => components.length === 0);
    expect(changed).toMatchObject({ id: message.id, content: 'sure? milo pressed go' });
    expect(pressed.ephemeral).toBe(true);
    expect(discord.complaints).toEqual([]);
  });

  it('anybody can press a button of a public message', async () => {
    const { discord } = await bot(withButton(false));
    const message = await (await discord.slash(stats)).reply();
    await discord.press({ user: ids.homeAdmin, message, customId: 'go' });
    expect(discord.messages(ids.general)).toMatchObject([{ content: 'sure? ada pressed go' }]);
  });

  it('a button that is unknown, disabled or invisible to a person cannot be pressed', async () => {
    const { discord } = await bot(withButton(false, MessageFlags.Ephemeral));
    const message = await (await discord.slash(stats)).reply();
    const press = (user: string, customId: string) => discord.press({ user, message, customId });
    await expect(press(ids.member, 'nope')).rejects.toThrow('no component "nope". It has: go, off.');
    await expect(press(ids.member, 'off')).rejects.toThrow('disabled');
    await expect(press(ids.homeAdmin, 'go')).rejects.toThrow('ephemeral');
    await press(ids.member, 'go');
    await expect(press(ids.member, 'go')).rejects.toThrow('It has: none.');
  });
});

describe('autocompletion', () => {
  it('the bot suggests values while a person types', async () => {
    const { discord } = await bot(async (interaction) => {
      if (!interaction.isAutocomplete()) return;
      await interaction.respond([{ name: `${interaction.options.getFocused()}!`, value: '1' }]);
    });
    const typing = { ...stats, subcommand: 'why', options: { filing: '000' } };
    const result = await discord.autocomplete(typing, 'filing');
    expect(result.choices).toEqual([{ name: '000!', value: '1' }]);
    expect(discord.complaints).toEqual([]);
  });
});
