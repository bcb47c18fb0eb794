import { Command } from '@sapphire/framework';
import { ApplicationIntegrationType, InteractionContextType } from 'discord.js';

export class SeenCommand extends Command {
  registerApplicationCommands(registry) {
    registry.registerChatInputCommand((command) =>
      command
        .setName('seen')
        .setDescription('Says when a user was seen last')
        // Without these two, Sapphire registers a command anew at every start.
        .setContexts(InteractionContextType.Guild)
        .setIntegrationTypes(ApplicationIntegrationType.GuildInstall),
    );
  }

  chatInputRun(interaction) {
    return interaction.reply('A minute ago.');
  }
}
