import { HoldButton } from './interaction-handlers/hold-button.ts';
import { PurgeButton } from './interaction-handlers/purge-button.ts';
import { CommandsRegistered } from './listeners/commands-registered.ts';
import { CommandError } from './listeners/command-error.ts';
import { CommandDenied, SubcommandDenied } from './listeners/denied.ts';
import { SubcommandError, SubcommandUnknown } from './listeners/subcommand-error.ts';
import { UnknownCommand } from './listeners/unknown-command.ts';
import { SeenCommand } from './seen.ts';

/**
 * The pieces that the plugin registers. A new button or listener is added here, since Sapphire loads no file of a
 * plugin by itself. With `command: false` only the command is left out: the bot's own may extend `SeenCommand`. The
 * command's piece takes its name from the options. The name here keeps it apart from a piece that the bot's main module
 * registers, of which one would replace the other before anybody could tell.
 */
export const seenPieces = [
  { store: 'commands', name: 'sapphire-plugin-seen', piece: SeenCommand },
  { store: 'interaction-handlers', name: 'seenHoldButton', piece: HoldButton },
  { store: 'interaction-handlers', name: 'seenPurgeButton', piece: PurgeButton },
  { store: 'listeners', name: 'seenCommandsRegistered', piece: CommandsRegistered },
  { store: 'listeners', name: 'seenCommandDenied', piece: CommandDenied },
  { store: 'listeners', name: 'seenSubcommandDenied', piece: SubcommandDenied },
  { store: 'listeners', name: 'seenCommandError', piece: CommandError },
  { store: 'listeners', name: 'seenSubcommandError', piece: SubcommandError },
  { store: 'listeners', name: 'seenSubcommandUnknown', piece: SubcommandUnknown },
  { store: 'listeners', name: 'seenUnknownCommand', piece: UnknownCommand },
] as const;
