import { Subcommand } from '@sapphire/plugin-subcommands';
import { ApplicationIntegrationType, InteractionContextType, type SlashCommandBuilder } from 'discord.js';

import { buildSubcommand, runSubcommand, type SeenSubcommand } from './subcommand.ts';
import { purge } from './subcommands/purge.ts';
import { retry } from './subcommands/retry.ts';
import { stats } from './subcommands/stats.ts';
import { why } from './subcommands/why.ts';

const NAME = 'seen';
const DESCRIPTION = 'What the feed has posted, and what it skips';

/** The subcommands, in the order in which Discord lists them. A new one is added here. */
const subcommands: readonly SeenSubcommand[] = [stats, purge, why, retry];

/**
 * The command `/seen`, which shows and changes what the store remembers. Only the user who calls it sees a reply.
 *
 * The plugin registers it. A bot that wants it otherwise sets `seen: { command: false }` and extends it:
 *
 * @example
 * ```ts
 * // commands/seen.ts
 * import type { Command } from '@sapphire/framework';
 * import { SeenCommand } from 'sapphire-plugin-seen';
 *
 * export class StaffSeenCommand extends SeenCommand {
 *   constructor(context: Command.LoaderContext, options: Command.Options) {
 *     super(context, { ...options, requiredUserPermissions: ['ManageMessages'] });
 *   }
 * }
 * ```
 */
export class SeenCommand extends Subcommand {
  constructor(context: Subcommand.LoaderContext, options: Subcommand.Options) {
    super(context, {
      ...options,
      name: NAME,
      description: DESCRIPTION,
      fullCategory: ['Seen'],
      subcommands: subcommands.map((subcommand) => ({
        name: subcommand.name,
        chatInputRun: (interaction: Subcommand.ChatInputCommandInteraction) => runSubcommand(subcommand, interaction),
      })),
    });
  }

  override registerApplicationCommands(registry: Subcommand.Registry): void {
    const { command } = this.container.client.options.seen ?? {};
    const guildIds = typeof command === 'object' ? [...command.guildIds] : undefined;
    registry.registerChatInputCommand(buildSeenCommand, guildIds === undefined ? {} : { guildIds });
  }
}

/**
 * Builds the command as Discord registers it. Contexts and integration types are given, because Discord fills in
 * missing ones, and every start of the bot would find a difference.
 */
export function buildSeenCommand(builder: SlashCommandBuilder): SlashCommandBuilder {
  builder
    .setName(NAME)
    .setDescription(DESCRIPTION)
    .setContexts(InteractionContextType.Guild)
    .setIntegrationTypes(ApplicationIntegrationType.GuildInstall);
  for (const subcommand of subcommands) builder.addSubcommand((empty) => buildSubcommand(empty, subcommand));
  return builder;
}
