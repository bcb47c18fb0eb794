import { ButtonStyle, Events, MessageFlags } from 'discord.js';
import { describe, expect, it } from 'vitest';
import { connect, localDiscord } from './connect.ts';
import { ids } from './index.ts';

describe('a slash command', () => {
  it('goes through deferral, edit and button', async () => {
    const discord = await localDiscord();
    const client = await connect(discord);
    await client.application.commands.create({
      name: 'seen',
      description: 'x',
      options: [{ type: 1, name: 'stats', description: 'y' }],
    });
    client.on(Events.InteractionCreate, async (interaction) => {
      if (interaction.isChatInputCommand()) {
        await interaction.deferReply({ flags: MessageFlags.Ephemeral });
        await interaction.editReply({
          content: `hi ${interaction.options.getSubcommand()}`,
          components: [{ type: 1, components: [{ type: 2, style: ButtonStyle.Danger, label: 'Go', customId: 'go' }] }],
        });
      }
      if (interaction.isButton()) await interaction.update({ content: 'gone', components: [] });
    });
    const result = await discord.slash({
      user: ids.member,
      guildId: ids.home,
      channelId: ids.general,
      command: 'seen',
      subcommand: 'stats',
    });
    const reply = await result.reply();
    expect(reply.content).toBe('hi stats');
    expect(result.ephemeral).toBe(true);
    const pressed = await discord.press({ user: ids.member, message: reply, customId: 'go' });
    expect(pressed.message?.content).toBe('gone');
    expect(discord.requests.flatMap((request) => request.schemaProblems ?? [])).toEqual([]);
    expect(discord.requests.filter(({ unhandled }) => unhandled)).toEqual([]);
  });
});
