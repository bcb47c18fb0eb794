import { inspect } from 'node:util';
import { container, type Command } from '@sapphire/framework';
import { SlashCommandBuilder, type Client } from 'discord.js';

import { reasonOf, SeenConfigError } from '../store/errors.ts';
import { requireKnownOptions } from '../store/option-checks.ts';

/** Registration of the command. */
export interface SeenCommandOptions {
  /** The command's name, should the bot have a `/seen` of its own. Default: `seen`. */
  readonly name?: string | undefined;
  /** Registers it in these guilds only, where it appears at once. Default: everywhere. */
  readonly guildIds?: readonly string[] | undefined;
  /**
   * Ids under which Discord has registered the command, as the line that Sapphire logs at its first registration names
   * them. With them, Sapphire recognises it also under an earlier name, and renames it. Default: it is known by its name.
   */
  readonly idHints?: readonly string[] | undefined;
}

const optionNames: readonly (keyof SeenCommandOptions)[] = ['name', 'guildIds', 'idHints'];

/** The default name. */
export const DEFAULT_NAME = 'seen';

/** The options of the client's command. Without the command, those that a class which extends `SeenCommand` goes by. */
export function commandOptions(): SeenCommandOptions {
  // A view may be built before there is a client, by a test for example.
  const client: Client | undefined = container.client;
  const { command } = client?.options.seen ?? {};
  return typeof command === 'object' ? command : {};
}

/** The commands that were made of `SeenCommand`, or of a class that extends it. */
const seenCommands = new WeakSet<object>();

/** Adds a command to those that {@link commandName} looks for. */
export function noteSeenCommand(command: Command): void {
  seenCommands.add(command);
}

/** The name under which the command is registered, be it the plugin's or one that extends it. */
export function commandName(): string {
  const loaded = container.stores?.get('commands')?.find((command) => seenCommands.has(command));
  // Names are added when the command registers itself; an id that is a hint follows the name.
  const [registered] = loaded?.applicationCommandRegistry.chatInputCommands ?? [];
  return registered ?? loaded?.name ?? configuredName();
}

/** The name that the client's options give to the plugin's command. */
export function configuredName(): string {
  return commandOptions().name ?? DEFAULT_NAME;
}

/** The subcommand as a user types it, for a text. */
export function commandText(subcommand: string): string {
  return `\`/${commandName()} ${subcommand}\``;
}

/** @throws {SeenConfigError} naming the option that Discord would refuse, or that does not exist. */
export function requireCommandOptions(options: SeenCommandOptions): void {
  requireKnownOptions('seen.command', options, optionNames);
  const { name = DEFAULT_NAME, guildIds, idHints = [] } = options;
  requireCommandName('seen.command.name', name);
  requireIds('seen.command.guildIds', guildIds ?? [], 'a server');
  requireIds('seen.command.idHints', idHints, 'a registered command');
  if (guildIds === undefined || guildIds.length > 0) return;
  throw new SeenConfigError('seen.command.guildIds is empty: name servers, or leave it out to register everywhere.');
}

/**
 * @param setting The option or the class that the name was set by.
 * @throws {SeenConfigError} for a name that Discord would refuse.
 */
export function requireCommandName(setting: string, name: string): void {
  try {
    new SlashCommandBuilder().setName(name);
  } catch (cause) {
    const rule = 'a command has 1 to 32 letters, digits, - or _, and none of them is a capital';
    throw new SeenConfigError(`${setting} is ${JSON.stringify(name)}, but ${rule}: ${reasonOf(cause)}`, { cause });
  }
}

function requireIds(setting: string, ids: unknown, kind: string): void {
  if (!Array.isArray(ids))
    throw new SeenConfigError(`${setting} must be an array of ids, but is ${inspect(ids, { depth: -1 })}.`);
  const wrong: unknown = ids.find((id) => typeof id !== 'string' || !/^\d{17,20}$/.test(id));
  if (wrong === undefined) return;
  throw new SeenConfigError(`${setting} names ${JSON.stringify(wrong)}, which is not the id of ${kind}.`);
}
