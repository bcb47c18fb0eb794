import { container } from '@sapphire/framework';

import { SeenCommand } from '../seen.ts';
import { commandName } from '../command-option.ts';

/**
 * Warns when a command of the bot's own has the name of the plugin's. One that is also a piece of that name takes the
 * plugin's place, and Sapphire registers neither; any other registers over it, and the two overwrite each other at
 * every start.
 */
export function warnOfCollision(): void {
  if (container.client.options.seen?.command === false) return;
  const name = commandName();
  const commands = [...container.stores.get('commands').values()];
  const rivals = commands.filter(
    (command) =>
      command.constructor !== SeenCommand &&
      [command.name, ...command.applicationCommandRegistry.chatInputCommands].includes(name),
  );
  if (rivals.length === 0) return;
  const hint =
    `Give the plugin's command another name, seen: { command: { name: 'feeds' } }, or leave it out with ` +
    'seen: { command: false }, which a class of yours that extends SeenCommand needs.';
  container.logger.warn('seen_command_hidden', { name, by: rivals.map(({ location }) => location.full), hint });
}
