import { container, type Command } from '@sapphire/framework';

import { pluginLogger } from '../../log/plugin-logger.ts';
import { SeenCommand } from '../seen.ts';
import { configuredName } from '../command-option.ts';

/**
 * Warns when a command of the bot's own has the name of the plugin's. One that is also a piece of that name takes the
 * plugin's place; any other registers over it, and the two overwrite each other at every start.
 */
export function warnOfCollision(): void {
  if (container.client.options.seen?.command === false) return;
  const name = configuredName();
  const commands = [...container.stores.get('commands').values()];
  const rivals = commands.filter((command) => command.constructor !== SeenCommand && namesOf(command).includes(name));
  if (rivals.length === 0) return;
  const hint =
    `Give the plugin's command another name, seen: { command: { name: 'feeds' } }, or leave it out with ` +
    'seen: { command: false }, which a class of yours that extends SeenCommand needs.';
  pluginLogger().warn('seen_command_hidden', { name, by: rivals.map(({ location }) => location.full), hint });
}

/** Everything that a command answers to, as a slash command and as a message. */
function namesOf({ name, aliases, applicationCommandRegistry }: Command): readonly string[] {
  return [name, ...aliases, ...applicationCommandRegistry.chatInputCommands];
}
