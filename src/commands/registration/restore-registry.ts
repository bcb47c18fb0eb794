import { ApplicationCommandRegistries, container, type ApplicationCommandRegistry } from '@sapphire/framework';

import { configuredName } from '../command-option.ts';

/**
 * Has the bot's own command registered that took the place of the plugin's. Two pieces of one name have one registry,
 * which Sapphire drops with the piece that is replaced: neither would be registered, and nobody would be told. To be
 * called before Sapphire asks the commands to register themselves.
 */
export function restoreRegistry(): void {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- Sapphire offers no way to add one that there was
  const registries = ApplicationCommandRegistries.registries as Map<string, ApplicationCommandRegistry>;
  const command = container.stores.get('commands').get(configuredName());
  if (command === undefined || registries.has(command.name)) return;
  registries.set(command.name, command.applicationCommandRegistry);
}
