import { container, Plugin, postInitialization, preLogin, type SapphireClient } from '@sapphire/framework';
import type { ClientOptions } from 'discord.js';

import { CommandDenied } from '../commands/command-denied.ts';
import { SeenCommand } from '../commands/seen.ts';
import { HoldButton } from '../commands/hold-button.ts';
import { PurgeButton } from '../commands/purge-button.ts';
import { SubcommandDenied } from '../commands/subcommand-denied.ts';
import { SubcommandError } from '../commands/subcommand-error.ts';
import { openSeenStore } from '../store/open.ts';
import type { SeenStore } from '../store/contract/seen-store.ts';
import type { SeenStoreOptions } from '../store/options.ts';
import { serveMetrics, type ServedMetrics } from './metrics/index.ts';
import type { MetricsOptions } from './metrics/options.ts';
import type { SeenPluginOptions } from './options.ts';

const holdPieces = [{ store: 'interaction-handlers', name: 'seenHoldButton', piece: HoldButton }] as const;
const commandPieces = [
  { store: 'commands', name: 'seen', piece: SeenCommand },
  { store: 'interaction-handlers', name: 'seenPurgeButton', piece: PurgeButton },
  { store: 'listeners', name: 'seenCommandDenied', piece: CommandDenied },
  { store: 'listeners', name: 'seenSubcommandDenied', piece: SubcommandDenied },
  { store: 'listeners', name: 'seenSubcommandError', piece: SubcommandError },
] as const;

/** The store that each client has opened, for a second login of the same one. */
const opened = new WeakMap<SapphireClient, SeenStore>();

/** The metrics that each client serves. */
const serving = new WeakMap<SapphireClient, ServedMetrics>();

/** Registers the store on the container and brings `/seen`. */
export class SeenPlugin extends Plugin {
  /** All at once: the client's constructor does not wait for this, and `login()` loads what is registered by then. */
  static override async [postInitialization](this: SapphireClient, options: ClientOptions): Promise<void> {
    const { enabled = true, command } = options.seen ?? {};
    if (!enabled) return;
    const pieces = command === false ? holdPieces : [...holdPieces, ...commandPieces];
    await Promise.all(pieces.map((piece) => container.stores.loadPiece(piece)));
  }

  /** Before anything else of the login, so that a path that cannot work rejects `login()` and nothing is half open. */
  static override async [preLogin](this: SapphireClient, options: ClientOptions): Promise<void> {
    const { enabled = true, metrics, ...rest } = options.seen ?? {};
    if (!enabled) return;
    await opened.get(this)?.close();
    container.seen = await openSeenStore({ logger: container.logger, ...storeOptions(rest) });
    opened.set(this, container.seen);
    await serving.get(this)?.close();
    if (metrics !== undefined) await serve(this, container.seen, metrics);
  }
}

/** Metrics that cannot be served leave no store open behind them. */
async function serve(client: SapphireClient, store: SeenStore, options: MetricsOptions): Promise<void> {
  try {
    serving.set(client, await serveMetrics(client, store, options));
  } catch (error) {
    await store.close();
    throw error;
  }
}

/** What of the plugin's options is the store's. */
function storeOptions(options: SeenPluginOptions): SeenStoreOptions {
  const { command: _command, admins: _admins, parseId: _parseId, ...store } = options;
  return store;
}
