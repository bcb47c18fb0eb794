import { container } from '@sapphire/framework';
import { SlashCommandBuilder, type Client } from 'discord.js';

import { reasonOf, SeenConfigError } from '../store/errors.ts';

/** Registration of the command. */
export interface SeenCommandOptions {
  /** The command's name, should the bot have a `/seen` of its own. Default: `seen`. */
  readonly name?: string | undefined;
  /** Registers it in these guilds only, where it appears at once. Default: everywhere. */
  readonly guildIds?: readonly string[] | undefined;
}

/** The default name. */
export const DEFAULT_NAME = 'seen';

/** The options of the client's command. Without the command, those that a class which extends `SeenCommand` goes by. */
export function commandOptions(): SeenCommandOptions {
  // A view may be built before there is a client, by a test for example.
  const client: Client | undefined = container.client;
  const { command } = client?.options.seen ?? {};
  return typeof command === 'object' ? command : {};
}

export function commandName(): string {
  return commandOptions().name ?? DEFAULT_NAME;
}

/** The subcommand as a user types it, for a text. */
export function commandText(subcommand: string): string {
  return `\`/${commandName()} ${subcommand}\``;
}

/** @throws {SeenConfigError} naming the option that Discord would refuse. */
export function requireCommandOptions({ name = DEFAULT_NAME, guildIds }: SeenCommandOptions): void {
  try {
    new SlashCommandBuilder().setName(name);
  } catch (cause) {
    const rule = 'a command has 1 to 32 letters, digits, - or _, and none of them is a capital';
    throw new SeenConfigError(`seen.command.name is ${JSON.stringify(name)}, but ${rule}: ${reasonOf(cause)}`, {
      cause,
    });
  }
  if (guildIds === undefined) return;
  const wrong = guildIds.find((id) => !/^\d{17,20}$/.test(id));
  if (wrong !== undefined)
    throw new SeenConfigError(`seen.command.guildIds names ${JSON.stringify(wrong)}, which is not the id of a server.`);
  if (guildIds.length > 0) return;
  throw new SeenConfigError('seen.command.guildIds is empty: name servers, or leave it out to register everywhere.');
}
