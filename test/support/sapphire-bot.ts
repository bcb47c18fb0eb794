import { once } from 'node:events';
import { setImmediate as nextTurn } from 'node:timers/promises';
import * as framework from '@sapphire/framework';
import { container, SapphireClient, type SapphireClientOptions } from '@sapphire/framework';
import { GatewayIntentBits, Events, type ClientOptions } from 'discord.js';
import 'sapphire-plugin-seen/register';
import { requireSeenStore, type SeenPluginOptions, type SeenStore } from 'sapphire-plugin-seen';
import { onTestFinished } from 'vitest';

import type { LocalDiscord } from '../../local/discord/index.ts';
import { prepareCorePieces } from './core-pieces.ts';
import { QuietLogger } from './quiet-logger.ts';

export interface SapphireBot {
  readonly client: SapphireClient;
  readonly logger: QuietLogger;
  /** The one that the plugin put on the container. */
  readonly store: SeenStore;
  /** Ends the client and closes the store; also done when the test ends. */
  stop(): Promise<void>;
}

type Options = Partial<ClientOptions & SapphireClientOptions>;

/** A Sapphire client with the plugin that the running test owns, not yet logged in. */
export async function newSapphireClient(
  discord: LocalDiscord,
  seen: SeenPluginOptions,
  options: Options = {},
): Promise<SapphireClient> {
  const loadCorePieces = await prepareCorePieces(framework);
  const logger = new QuietLogger();
  const client = new SapphireClient({
    intents: [GatewayIntentBits.Guilds],
    baseUserDirectory: null,
    loadApplicationCommandRegistriesStatusListeners: false,
    logger: { instance: logger },
    rest: { api: discord.api, version: '10' },
    seen: { logger, ...seen },
    ...options,
  });
  await loadCorePieces();
  return client;
}

/** A Sapphire bot with the plugin that the running test owns, ready, with `/seen` registered unless it is left out. */
export async function startSapphireBot(
  discord: LocalDiscord,
  seen: SeenPluginOptions,
  options: Options = {},
): Promise<SapphireBot> {
  const client = await newSapphireClient(discord, seen, options);
  const stop = stopper(client);
  onTestFinished(stop);
  await logIn(client, discord);
  return { client, logger: client.logger as QuietLogger, store: requireSeenStore(client), stop };
}

/** Resolves once the client is ready and its commands are registered. */
export async function logIn(client: SapphireClient, discord: LocalDiscord): Promise<void> {
  const ready = once(client, Events.ClientReady);
  const registered = once(client, 'applicationCommandRegistriesRegistered');
  await client.login(discord.token);
  await Promise.all([ready, registered]);
  // Once it has done its work it leaves its store, which must not have been replaced by the next client's.
  while (container.stores.get('listeners').has('CoreReady')) await nextTurn();
}

/** Sapphire keeps the commands of a client that has ended, and would register them again for the next. */
function stopper(client: SapphireClient): () => Promise<void> {
  const { seen } = container;
  let stopped: Promise<void> | undefined;
  const stop = async (): Promise<void> => {
    await container.stores.get('commands').unloadAll();
    await client.destroy();
    if (container.seen !== seen) await container.seen?.close();
  };
  return () => (stopped ??= stop());
}
