import { Subcommand } from '@sapphire/plugin-subcommands';
import { ApplicationIntegrationType, InteractionContextType, type SlashCommandBuilder } from 'discord.js';

import { commandOptions, configuredName, DEFAULT_NAME, noteSeenCommand, requireCommandName } from './command-option.ts';
import { buildSubcommand, runSubcommand, type SeenSubcommand } from './subcommand.ts';
import { hold } from './subcommands/hold.ts';
import { purge } from './subcommands/purge.ts';
import { retry } from './subcommands/retry.ts';
import { stats } from './subcommands/stats.ts';
import { why } from './subcommands/why.ts';

/** The description that Discord shows, by which {@link isOwnRegistration} knows the command of an earlier start. */
export const DESCRIPTION = 'What the feed has posted, and what it skips';

/** The subcommands, in the order in which Discord lists them. A new one is added here. */
const subcommands: readonly SeenSubcommand[] = [stats, purge, why, retry, hold];

/**
 * The command `/seen`, which shows and changes what the store remembers. Only the user who calls it sees a reply.
 *
 * The plugin registers it, under the name that `seen: { command: { name } }` gives it. A bot that wants it otherwise sets
 * `seen: { command: false }` and extends it. Such a class has the name of its file, unless its options name another.
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
      name: new.target === SeenCommand ? configuredName() : (options.name ?? context.name),
      description: DESCRIPTION,
      fullCategory: ['Seen'],
      subcommands: subcommands.map((subcommand) => ({
        name: subcommand.name,
        chatInputRun: (interaction: Subcommand.ChatInputCommandInteraction) => runSubcommand(subcommand, interaction),
      })),
    });
    if (new.target !== SeenCommand) requireCommandName(`The name of the command ${new.target.name}`, this.name);
    noteSeenCommand(this);
  }

  /** Leaves its place to a command of the bot's own that has its name: see `warnOfCollision`. */
  override onLoad(): unknown {
    const rival = this.store.find(({ name }) => name === this.name);
    const isOurs = this.constructor === SeenCommand;
    if (isOurs && rival !== undefined && rival.constructor !== SeenCommand) this.enabled = false;
    return super.onLoad();
  }

  override registerApplicationCommands(registry: Subcommand.Registry): void {
    const { guildIds, idHints } = commandOptions();
    registry.registerChatInputCommand((builder) => buildSeenCommand(builder, this.name), {
      ...(guildIds !== undefined && { guildIds: [...guildIds] }),
      ...(idHints !== undefined && { idHints: [...idHints] }),
    });
  }
}

/**
 * Builds the command as Discord registers it. Contexts and integration types are given, because Discord fills in
 * missing ones, and every start of the bot would find a difference.
 */
export function buildSeenCommand(builder: SlashCommandBuilder, name = DEFAULT_NAME): SlashCommandBuilder {
  builder
    .setName(name)
    .setDescription(DESCRIPTION)
    .setContexts(InteractionContextType.Guild)
    .setIntegrationTypes(ApplicationIntegrationType.GuildInstall);
  for (const subcommand of subcommands) builder.addSubcommand((empty) => buildSubcommand(empty, subcommand));
  return builder;
}
