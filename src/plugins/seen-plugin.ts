import { container, Plugin, postInitialization, preLogin, type SapphireClient } from '@sapphire/framework';
import type { ClientOptions } from 'discord.js';

import { seenPieces } from '../commands/pieces.ts';
import { requireCommandOptions } from '../commands/command-option.ts';
import { guardRequests } from '../feed/discord/rest/request-guard.ts';
import { systemClock } from '../store/clock.ts';
import { openSeenStore } from '../store/open.ts';
import type { SeenStore } from '../store/contract/seen-store.ts';
import type { SeenStoreOptions } from '../store/options.ts';
import { watchLongWaits, type LongWait } from './long-waits.ts';
import { serveMetrics, type ServedMetrics } from './metrics/index.ts';
import type { MetricsOptions } from './metrics/options.ts';
import type { SeenPluginOptions } from './options.ts';

/** The store that each client opened at its last login. Another login closes it. */
const opened = new WeakMap<SapphireClient, SeenStore>();

/** The metrics that each client serves since its last login. Another login closes them. */
const serving = new WeakMap<SapphireClient, ServedMetrics>();

/**
 * Opens the store, puts it on the container as `container.seen`, and registers `/seen`.
 *
 * @example
 * ```ts
 * import 'sapphire-plugin-seen/register';
 * import { SapphireClient } from '@sapphire/framework';
 *
 * const client = new SapphireClient({ intents: ['Guilds'], seen: { path: 'data/seen_ids.sqlite', ttlDays: 7 } });
 * ```
 */
export class SeenPlugin extends Plugin {
  /**
   * Registers the pieces, all at once: the client's constructor does not wait for this, and `login()` loads only what
   * is registered by then. Requests are guarded from the first one on, which is the login's.
   */
  static override async [postInitialization](this: SapphireClient, options: ClientOptions): Promise<void> {
    const { enabled = true, command } = options.seen ?? {};
    if (!enabled) return;
    guardRequests(this.rest);
    watchLongWaits(this.rest, systemClock, logLongWait);
    const pieces = seenPieces.filter(({ store }) => command !== false || store !== 'commands');
    await Promise.all(pieces.map((piece) => container.stores.loadPiece(piece)));
  }

  /** Opens the store before anything else of the login, so that a path that cannot work rejects `login()` at once. */
  static override async [preLogin](this: SapphireClient, options: ClientOptions): Promise<void> {
    const { enabled = true, metrics, ...rest } = options.seen ?? {};
    if (!enabled) return;
    if (typeof rest.command === 'object') requireCommandOptions(rest.command);
    await opened.get(this)?.close();
    container.seen = await openSeenStore({ logger: container.logger, ...storeOptions(rest) });
    opened.set(this, container.seen);
    await serving.get(this)?.close();
    if (metrics !== undefined) await serve(this, container.seen, metrics);
  }
}

function logLongWait({ method, route, waitMs }: LongWait): void {
  container.logger.warn('seen_rate_limited', { method, route, wait_seconds: Math.ceil(waitMs / 1000) });
}

/** Serves the metrics, or closes the store: a login that fails leaves nothing open. */
async function serve(client: SapphireClient, store: SeenStore, options: MetricsOptions): Promise<void> {
  try {
    const metrics = await serveMetrics(client, store, options);
    if (metrics === undefined) serving.delete(client);
    else serving.set(client, metrics);
  } catch (error) {
    await store.close();
    throw error;
  }
}

/** Leaves out the options that are not the store's. */
function storeOptions(options: SeenPluginOptions): SeenStoreOptions {
  const { command: _command, admins: _admins, parseId: _parseId, ...store } = options;
  return store;
}
