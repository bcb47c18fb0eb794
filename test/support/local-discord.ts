import type { EventEmitter } from 'node:events';
import {
  Client,
  type ClientOptions,
  Events,
  GatewayIntentBits,
  type Interaction,
  type SendableChannels,
} from 'discord.js';
import { onTestFinished } from 'vitest';
import { type LocalDiscord, type LocalDiscordOptions, startLocalDiscord } from '../../local/discord/index.ts';

/** A local Discord that the running test owns. It gives a bot more time for its first answer: the machine may be busy. */
export async function localDiscord(options: LocalDiscordOptions = {}): Promise<LocalDiscord> {
  const discord = await startLocalDiscord({ responseTimeoutMs: 15_000, ...options });
  onTestFinished(() => discord.close());
  return discord;
}

/** An unmodified discord.js client that the running test owns, not yet logged in. */
export function newClient(discord: LocalDiscord, options: Partial<ClientOptions> = {}): Client {
  const client = new Client({
    intents: [GatewayIntentBits.Guilds, GatewayIntentBits.GuildMessages],
    ...options,
    rest: { api: discord.api, version: '10', ...options.rest },
  });
  // What finishes last was started first: the client leaves before its server closes.
  onTestFinished(() => client.destroy());
  return client;
}

/** An unmodified discord.js client, ready. */
export async function connect(discord: LocalDiscord, options: Partial<ClientOptions> = {}): Promise<Client<true>> {
  const client = newClient(discord, options);
  const ready = nextEvent<Client<true>>(client, Events.ClientReady);
  await client.login(discord.token);
  return ready;
}

/** The channel, as the client knows it. */
export function channelOf(client: Client<true>, id: string): SendableChannels {
  const channel = client.channels.cache.get(id);
  if (!channel?.isSendable()) throw new Error(`The client does not know a channel ${id} to send to.`);
  return channel;
}

/** The first argument of the event's next occurrence. */
export function nextEvent<Value>(client: Client, event: string): Promise<Value> {
  return new Promise((resolve) => {
    (client as EventEmitter).once(event, resolve);
  });
}

/** Answers interactions; what `answer` throws fails the test. */
export function answerWith(client: Client, answer: (interaction: Interaction) => Promise<unknown>): void {
  const failures: unknown[] = [];
  client.on(Events.InteractionCreate, (interaction) => {
    answer(interaction).catch((error: unknown) => failures.push(error));
  });
  onTestFinished(() => {
    if (failures.length > 0) throw new AggregateError(failures, `The bot failed: ${failures.map(String).join('; ')}`);
  });
}

export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** A request as a bot's own HTTP client would send it. */
export async function call(
  discord: LocalDiscord,
  method: string,
  path: string,
  body?: unknown,
  init: RequestInit = {},
): Promise<Answer> {
  const headers = { authorization: `Bot ${discord.token}`, 'content-type': 'application/json' };
  const sent = body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) };
  const response = await fetch(`${discord.api}/v10${path}`, { method, headers, ...sent, ...init });
  const text = await response.text();
  return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
}
