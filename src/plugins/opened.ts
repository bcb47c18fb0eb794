import { container, type SapphireClient } from '@sapphire/framework';

import { ClientState } from '../container/client-state.ts';
import { pluginLogger } from '../log/plugin-logger.ts';
import type { SeenStore } from '../store/contract/seen-store.ts';
import { openSeenStore } from '../store/open.ts';
import type { SeenStoreOptions } from '../store/options.ts';
import { serveMetrics, type ServedMetrics } from './metrics/index.ts';
import type { MetricsOptions } from './metrics/options.ts';
import type { SeenPluginOptions } from './options.ts';

/** The metrics that each client serves since its last login. */
const serving = new WeakMap<SapphireClient, ServedMetrics>();

/** The logins that are opening something. */
const opening = new WeakMap<SapphireClient, Promise<void>>();

/** Opens the store and the metrics of a client that logs in, instead of those of an earlier login. */
export async function openAtLogin(client: SapphireClient, options: SeenPluginOptions): Promise<void> {
  const opened = open(client, options);
  opening.set(client, opened);
  await opened;
}

/** Closes what the client has open, or is opening just now. What was never opened, or is closed, is no error. */
export async function closeOpened(client: SapphireClient): Promise<void> {
  await Promise.allSettled([opening.get(client)]);
  const metrics = serving.get(client);
  serving.delete(client);
  await Promise.all([closeStore(client), metrics?.close()]);
}

/** Closes the client's store. The container goes on with another client's. */
async function closeStore(client: SapphireClient): Promise<void> {
  const { store } = ClientState.of(client);
  if (container.seen === store) container.seen = undefined;
  await store?.close();
}

async function open(client: SapphireClient, { metrics, ...options }: SeenPluginOptions): Promise<void> {
  const state = ClientState.of(client);
  await closeStore(client);
  state.store = undefined;
  await serving.get(client)?.close();
  serving.delete(client);
  const store = await openSeenStore({ ...storeOptions(options), logger: pluginLogger(client) });
  state.store = store;
  container.seen = store;
  if (metrics !== undefined) await serve(client, store, metrics);
}

/** Serves the metrics, or closes the store: a login that fails leaves nothing open. */
async function serve(client: SapphireClient, store: SeenStore, options: MetricsOptions): Promise<void> {
  try {
    const metrics = await serveMetrics(client, store, options);
    if (metrics !== undefined) serving.set(client, metrics);
  } catch (error) {
    await closeStore(client);
    ClientState.of(client).store = undefined;
    throw error;
  }
}

/** Leaves out the options that are not the store's. */
function storeOptions(options: SeenPluginOptions): SeenStoreOptions {
  const { enabled: _enabled, command: _command, admins: _admins, parseId: _parseId, ...store } = options;
  return store;
}
