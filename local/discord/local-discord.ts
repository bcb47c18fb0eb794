import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Clock, systemClock } from '../clock.ts';
import type { Command } from './commands.ts';
import { defaultWorld } from './default-world.ts';
import type { Channel } from './directory.ts';
import type { FaultPlan } from './faults.ts';
import { Intent } from './gateway/events.ts';
import { askCommand, type Press, pressComponent, type SlashInvocation } from './interactions/ask.ts';
import type { InteractionResult } from './interactions/result.ts';
import type { Message } from './messages/message.ts';
import { DEFAULT_NONCE_WINDOW_MS } from './nonce.ts';
import { channelPayload } from './payloads.ts';
import { Permission, type PermissionName } from './permissions.ts';
import type { RecordedRequest } from './record.ts';
import { RestServer } from './server.ts';
import { createServices, type Services } from './services.ts';
import type { World } from './world.ts';

export interface LocalDiscordOptions {
  /** Default: `defaultWorld`. */
  readonly world?: World;
  /** Default: everything works. Can be changed later through `faults`. */
  readonly faults?: FaultPlan;
  /** Default: the machine's. */
  readonly clock?: Clock;
  /** How long an enforced nonce is remembered. Default: five minutes. */
  readonly nonceWindowMs?: number;
  /** How long a person waits for the first answer. Default: three seconds, as on Discord. */
  readonly responseTimeoutMs?: number;
  /** How often clients are told to send a heartbeat. Default: 41.25 seconds, as on Discord. */
  readonly heartbeatIntervalMs?: number;
}

const DEFAULT_WAIT_MS = 5000;
const OTHER_DEFAULTS = { nonceWindowMs: DEFAULT_NONCE_WINDOW_MS, responseTimeoutMs: 3000 };

/** Starts a Discord of your own on a free port of 127.0.0.1. */
export async function startLocalDiscord(options: LocalDiscordOptions = {}): Promise<LocalDiscord> {
  const { world = defaultWorld, clock = systemClock, faults, heartbeatIntervalMs } = options;
  const http = createServer();
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  const { port } = http.address() as AddressInfo;
  const services = createServices(http, `127.0.0.1:${port}`, {
    ...OTHER_DEFAULTS,
    ...options,
    world,
    clock,
    heartbeatIntervalMs,
  });
  return new LocalDiscord(http, port, services, new RestServer(services, faults));
}

/** A running local Discord, seen from outside the bot: what people do, what they see, and what goes wrong. */
export class LocalDiscord {
  /** For discord.js: `new Client({ rest: { api: discord.api, version: '10' } })`. */
  readonly api: string;
  readonly #http: Server;
  readonly #services: Services;
  readonly #rest: RestServer;

  constructor(http: Server, port: number, services: Services, rest: RestServer) {
    this.api = `http://127.0.0.1:${port}/api`;
    this.#http = http;
    this.#services = services;
    this.#rest = rest;
    http.on('request', rest.listener);
  }

  get token(): string {
    return this.world.token;
  }

  get world(): World {
    return this.#services.directory.world;
  }

  /** Every request so far, oldest first. */
  get requests(): readonly RecordedRequest[] {
    return this.#rest.requests;
  }

  /** The registered application commands, global and of guilds. */
  get commands(): readonly Command[] {
    return this.#services.commands.all();
  }

  /**
   * What is wrong with the requests so far: routes that nobody implements here, and bodies that Discord's published
   * schema refuses. A well-behaved bot leaves this empty.
   */
  get complaints(): readonly string[] {
    return this.requests.flatMap(({ method, path, unhandled, schemaProblems = [] }) => [
      ...(unhandled ? [`${method} ${path} is not implemented here`] : []),
      ...schemaProblems.map((problem) => `${method} ${path}: ${problem}`),
    ]);
  }

  get faults(): FaultPlan | undefined {
    return this.#rest.faults;
  }

  /** What goes wrong from now on; undefined for nothing. */
  set faults(plan: FaultPlan | undefined) {
    this.#rest.faults = plan;
  }

  /** What everybody in the channel sees now, oldest first. */
  messages(channelId: string): readonly Message[] {
    return this.#services.messages.in(channelId);
  }

  /** A person writes something. */
  say(user: string, channelId: string, content: string): Message {
    const channel = this.#services.directory.channel(channelId);
    return this.#services.messages.create({ channel, authorId: user, body: { content } });
  }

  /** Somebody with the permission deletes a message. */
  deleteMessage(channelId: string, id: string): void {
    const { messages, directory } = this.#services;
    messages.delete(messages.get(channelId, id), directory.channel(channelId));
  }

  /** Takes permissions from the bot in a channel. By default it sees the channel and may not post. */
  denyChannel(channelId: string, permissions: readonly PermissionName[] = ['sendMessages']): void {
    const deny = permissions.reduce((bits, name) => bits | Permission[name], 0n);
    this.#announceChannel('CHANNEL_UPDATE', this.#services.directory.setOverwrite(channelId, { allow: 0n, deny }));
  }

  /** Gives back what `denyChannel` took. */
  allowChannel(channelId: string): void {
    this.denyChannel(channelId, []);
  }

  removeChannel(channelId: string): void {
    this.#announceChannel('CHANNEL_DELETE', this.#services.directory.removeChannel(channelId));
  }

  /**
   * A person types a slash command. Resolves with the bot's first answer.
   *
   * @throws When a client would not let them send it, or the bot does not answer in time.
   */
  async slash(invocation: SlashInvocation): Promise<InteractionResult> {
    return askCommand(this.#services, invocation);
  }

  /** The person is still typing the option `focused`: asks the bot for suggestions, in `choices`. */
  async autocomplete(invocation: SlashInvocation, focused: string): Promise<InteractionResult> {
    return askCommand(this.#services, invocation, focused);
  }

  /** A person uses a button or a select menu. */
  async press(press: Press): Promise<InteractionResult> {
    return pressComponent(this.#services, press);
  }

  /** Gateway sessions that are connected now. */
  get connected(): number {
    return this.#services.gateway.connected;
  }

  /** Resolves once `clients` gateway sessions have been given everything that they need to be ready. */
  async waitForReady(clients = 1, timeoutMs = DEFAULT_WAIT_MS): Promise<void> {
    await this.waitUntil(`${clients} connected`, () => this.connected >= clients, timeoutMs);
  }

  /** Resolves with the channel's messages once there are at least `count`. */
  async waitForMessages(channelId: string, count: number, timeoutMs = DEFAULT_WAIT_MS): Promise<readonly Message[]> {
    const enough = (): boolean => this.messages(channelId).length >= count;
    await this.waitUntil(`${count} messages in channel ${channelId}`, enough, timeoutMs);
    return this.messages(channelId);
  }

  /** Resolves once a command of this name is registered. */
  async waitForCommand(name: string, timeoutMs = DEFAULT_WAIT_MS): Promise<Command> {
    const registered = (): Command | undefined => this.commands.find((command) => command.name === name);
    return this.#services.changes.until(
      timeoutMs,
      () => new Error(`No command /${name} in ${timeoutMs} ms.`),
      registered,
    );
  }

  /** Resolves once `isTrue`, which is asked again whenever anything happens here. `what` is for the error. */
  async waitUntil(what: string, isTrue: () => boolean, timeoutMs = DEFAULT_WAIT_MS): Promise<void> {
    const failure = (): Error => new Error(`Waited ${timeoutMs} ms for ${what}.`);
    await this.#services.changes.until(timeoutMs, failure, () => (isTrue() ? true : undefined));
  }

  /** Ends every gateway connection with this close code; 1006 for one that just breaks. */
  dropConnections(code = 4000, { resumable = true } = {}): void {
    this.#services.gateway.drop(code, resumable);
  }

  /** Asks every client to reconnect and resume, as Discord does before a deployment. */
  requestReconnect(): void {
    this.#services.gateway.requestReconnect();
  }

  /** Stops, or starts again, answering heartbeats: a connection that looks alive and is not. */
  acknowledgeHeartbeats(acknowledge: boolean): void {
    this.#services.gateway.acknowledgesHeartbeats = acknowledge;
  }

  /**
   * Ends every connection, hanging ones too, and frees the port.
   *
   * @throws What went wrong inside the server itself while it ran: a mistake there, or in a fault plan.
   */
  async close(): Promise<void> {
    if (!this.#http.listening) return;
    const closed = once(this.#http, 'close');
    this.#services.gateway.close();
    this.#http.close();
    this.#http.closeAllConnections();
    await closed;
    if (this.#rest.failures.length > 0) throw new AggregateError(this.#rest.failures, 'The local Discord failed.');
  }

  #announceChannel(type: string, channel: Channel): void {
    const { gateway, directory } = this.#services;
    const data = channelPayload(directory, channel);
    gateway.publish({ type, data, guildId: channel.guildId, intent: Intent.guilds });
  }
}
