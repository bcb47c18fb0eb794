import { Command, container, SapphireClient } from '@sapphire/framework';
import { ApplicationIntegrationType, GatewayIntentBits, InteractionContextType } from 'discord.js';
import { expect, it, onTestFinished } from 'vitest';
import { call, localDiscord } from '../../support/local-discord.ts';
import { ids, type LocalDiscord } from '../../../local/discord/index.ts';

class AnswerCommand extends Command {
  constructor(context: Command.LoaderContext, options: Command.Options) {
    super(context, { ...options, description: 'Answers' });
  }

  override registerApplicationCommands(registry: Command.Registry): void {
    registry.registerChatInputCommand({
      name: this.name,
      description: this.description,
      contexts: [InteractionContextType.Guild],
      integrationTypes: [ApplicationIntegrationType.GuildInstall],
    });
  }

  override chatInputRun(interaction: Command.ChatInputCommandInteraction): Promise<unknown> {
    return interaction.reply(`${this.name}!`);
  }
}

/** A Sapphire bot that loads nothing from the disk. */
async function startBot(discord: LocalDiscord): Promise<SapphireClient> {
  const client = new SapphireClient({
    intents: [GatewayIntentBits.Guilds],
    baseUserDirectory: null,
    loadApplicationCommandRegistriesStatusListeners: false,
    rest: { api: discord.api, version: '10' },
  });
  onTestFinished(() => client.destroy());
  for (const name of ['ping', 'pong'])
    await container.stores.loadPiece({ name, piece: AnswerCommand, store: 'commands' });
  await client.login(discord.token);
  return client;
}

it('Sapphire’s client registers the commands that are missing, leaves the others alone, and answers all', async () => {
  const discord = await localDiscord();
  const registered = { name: 'ping', description: 'Answers', contexts: [0], integration_types: [0] };
  await call(discord, 'POST', `/applications/${ids.application}/commands`, registered);
  await startBot(discord);
  await discord.waitForCommand('pong');
  for (const command of ['ping', 'pong']) {
    const result = await discord.slash({ user: ids.member, channelId: ids.general, command });
    expect(result.message?.content).toBe(`${command}!`);
  }
  const written = discord.requests.filter(({ method, path }) => path.includes('/commands') && method !== 'GET');
  expect(written.map(({ method, body }) => [method, body])).toMatchObject([
    ['POST', registered],
    ['POST', { name: 'pong' }],
  ]);
  expect(discord.complaints).toEqual([]);
});
