import { ApplicationCommandOptionType, ApplicationCommandType, type APIApplicationCommand } from 'discord.js';

import { DESCRIPTION } from '../seen.ts';

/** Subcommands that every version of the command has had. */
export const ALWAYS = ['stats', 'purge', 'why', 'retry'];

/**
 * Tells whether a registered command is one that this plugin registered, under whatever name: by its description and
 * its subcommands. A command of the bot's own that is called `seen` is none.
 */
export function isOwnRegistration({ type, description, options = [] }: APIApplicationCommand): boolean {
  if (type !== ApplicationCommandType.ChatInput || description !== DESCRIPTION) return false;
  const subcommands = options.filter((option) => option.type === ApplicationCommandOptionType.Subcommand);
  return ALWAYS.every((name) => subcommands.some((option) => option.name === name));
}
