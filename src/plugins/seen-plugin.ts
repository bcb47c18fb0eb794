import { container, Plugin, postInitialization, preLogin, type SapphireClient } from '@sapphire/framework';
import type { ClientOptions } from 'discord.js';

import { SeenCommand } from '../commands/seen.ts';
import { HoldButton } from '../commands/hold-button.ts';
import { PurgeButton } from '../commands/purge-button.ts';
import { SubcommandDenied } from '../commands/subcommand-denied.ts';
import { SubcommandError } from '../commands/subcommand-error.ts';
import { openSeenStore } from '../store/open.ts';

/** Registers the store on the container and brings `/seen`. */
export class SeenPlugin extends Plugin {
  static override async [postInitialization](this: SapphireClient, options: ClientOptions): Promise<void> {
    const { enabled = true, command } = options.seen ?? {};
    if (!enabled) return;
    const { stores } = container;
    await stores.loadPiece({ store: 'interaction-handlers', name: 'seenHoldButton', piece: HoldButton });
    if (command === false) return;
    await stores.loadPiece({ store: 'commands', name: 'seen', piece: SeenCommand });
    await stores.loadPiece({ store: 'interaction-handlers', name: 'seenPurgeButton', piece: PurgeButton });
    await stores.loadPiece({ store: 'listeners', name: 'seenSubcommandDenied', piece: SubcommandDenied });
    await stores.loadPiece({ store: 'listeners', name: 'seenSubcommandError', piece: SubcommandError });
  }

  /** Before anything else of the login, so that a path that cannot work rejects `login()` and nothing is half open. */
  static override async [preLogin](this: SapphireClient, options: ClientOptions): Promise<void> {
    const { enabled = true, command: _command, admins: _admins, parseId: _parseId, ...store } = options.seen ?? {};
    if (!enabled) return;
    container.seen = await openSeenStore({ logger: container.logger, ...store });
  }
}
