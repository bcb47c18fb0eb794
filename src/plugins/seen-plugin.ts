import { container, Events, Plugin, postInitialization, preLogin, type SapphireClient } from '@sapphire/framework';
import type { ClientOptions } from 'discord.js';

import { pluginLogger } from '../log/plugin-logger.ts';
import { seenPieces } from '../commands/pieces.ts';
import { ClientState } from '../container/client-state.ts';
import { restoreRegistry } from '../commands/registration/restore-registry.ts';
import { guardRequests } from '../feed/discord/rest/request-guard.ts';
import { systemClock } from '../store/clock.ts';
import { watchLongWaits, type LongWait } from './long-waits.ts';
import { openAtLogin } from './opened.ts';
import { requirePluginOptions } from './require-options.ts';
import { watchUnheardBatches } from './unheard-batches.ts';
import { requireNoStop, watchLogin } from './watch-login.ts';

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
    ClientState.of(this).isRegistered = true;
    watchLogin(this);
    if (!enabled) return;
    guardRequests(this.rest);
    watchUnheardBatches(this);
    watchLongWaits(this.rest, systemClock, (wait) => logLongWait(this, wait));
    this.on(Events.ApplicationCommandRegistriesInitialising, restoreRegistry);
    const pieces = seenPieces.filter(({ store }) => command !== false || store !== 'commands');
    await Promise.all(pieces.map((piece) => container.stores.loadPiece(piece)));
  }

  /** Opens the store before anything else of the login, so that a path that cannot work rejects `login()` at once. */
  static override async [preLogin](this: SapphireClient, options: ClientOptions): Promise<void> {
    const { enabled = true, ...seen } = options.seen ?? {};
    requireNoStop();
    if (!enabled) return;
    requirePluginOptions(options.seen ?? {});
    await openAtLogin(this, seen);
  }
}

function logLongWait(client: SapphireClient, { method, route, waitMs }: LongWait): void {
  pluginLogger(client).warn('seen_rate_limited', { method, route, wait_seconds: Math.ceil(waitMs / 1000) });
}
