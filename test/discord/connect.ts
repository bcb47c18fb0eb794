import { Client, Events, GatewayIntentBits, type ClientOptions } from 'discord.js';
import { onTestFinished } from 'vitest';
import { type LocalDiscord, type LocalDiscordOptions, startLocalDiscord } from './index.ts';

/** A local Discord that the running test owns. */
export async function localDiscord(options: LocalDiscordOptions = {}): Promise<LocalDiscord> {
  const discord = await startLocalDiscord(options);
  onTestFinished(() => discord.close());
  return discord;
}

/** An unmodified discord.js client, logged in and ready. */
export async function connect(discord: LocalDiscord, options: Partial<ClientOptions> = {}): Promise<Client<true>> {
  const client = new Client({
    intents: [GatewayIntentBits.Guilds, GatewayIntentBits.GuildMessages],
    ...options,
    rest: { api: discord.api, version: '10', ...options.rest },
  });
  // Finished hooks run last first: the client leaves before its server closes.
  onTestFinished(() => client.destroy());
  const ready = new Promise<Client<true>>((resolve) => client.once(Events.ClientReady, resolve));
  await client.login(discord.token);
  return ready;
}

/** The text channel, as the client knows it. */
export function textChannel(client: Client<true>, id: string) {
  const channel = client.channels.cache.get(id);
  if (!channel?.isSendable()) throw new Error(`The client does not know a channel ${id} to send to.`);
  return channel;
}
