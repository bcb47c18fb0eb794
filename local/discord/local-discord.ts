import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Command } from './commands/command-registry.ts';
import type { FaultPlan } from './faults.ts';
import type { InteractionResult } from './interactions/interaction-result.ts';
import { invokeCommand, type Press, pressComponent, type SlashInvocation } from './invoke.ts';
import type { Message } from './messages/message.ts';
import { Moderation } from './moderation.ts';
import { defaultSettings, type LocalDiscordOptions } from './options.ts';
import type { LoggedRequest } from './rest/logged-request.ts';
import { RestServer } from './rest/rest-server.ts';
import { createServices, type Services } from './services.ts';
import type { World } from './world/world.ts';

/** Long enough for a busy machine. */
const DEFAULT_WAIT_MS = 15_000;

/**
 * Starts a Discord on a free port of 127.0.0.1.
 *
 * @example
 * await using discord = await startLocalDiscord();
 * const client = new Client({ intents: [], rest: { api: discord.api, version: '10' } });
 * await client.login(discord.token);
 */
export async function startLocalDiscord(options: LocalDiscordOptions = {}): Promise<LocalDiscord> {
  const { faults, ...settings } = options;
  const http = createServer();
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  const { port } = http.address() as AddressInfo;
  const services = createServices(http, `127.0.0.1:${port}`, { ...defaultSettings, ...settings });
  return new LocalDiscord(http, port, services, new RestServer(services, faults));
}

/** A running local Discord as people outside the bot know it: they act, look at channels, and break things. */
export class LocalDiscord extends Moderation implements AsyncDisposable {
  /** The base address for discord.js: `new Client({ rest: { api: discord.api, version: '10' } })`. */
  readonly api: string;
  readonly #http: Server;
  readonly #services: Services;
  readonly #rest: RestServer;

  constructor(http: Server, port: number, services: Services, rest: RestServer) {
    super(services);
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
  get requests(): readonly LoggedRequest[] {
    return this.#rest.requests;
  }

  /** The registered application commands, global and of guilds. */
  get commands(): readonly Command[] {
    return this.#services.commands.all();
  }

  /**
   * Mistakes in the requests so far: routes that are not implemented here, and bodies that Discord's published schema
   * does not allow. A well-behaved bot leaves this empty.
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

  /** Decides which requests go wrong from now on; undefined for none. */
  set faults(plan: FaultPlan | undefined) {
    this.#rest.faults = plan;
  }

  /** The messages that everybody in the channel sees now, oldest first. */
  messages(channelId: string): readonly Message[] {
    return this.#services.messages.in(channelId);
  }

  /** Posts a message as a person. */
  say(user: string, channelId: string, content: string): Message {
    const channel = this.#services.directory.channel(channelId);
    return this.#services.messages.create({ channel, authorId: user, body: { content } });
  }

  /**
   * Sends a slash command as a person. Resolves with the bot's first answer.
   *
   * @throws When Discord's own client would not let them send it, or the bot does not answer in time.
   */
  async slash(invocation: SlashInvocation): Promise<InteractionResult> {
    return invokeCommand(this.#services, invocation);
  }

  /** Asks the bot for suggestions while a person types the option `focused`. They are in `choices` of the result. */
  async autocomplete(invocation: SlashInvocation, focused: string): Promise<InteractionResult> {
    return invokeCommand(this.#services, invocation, focused);
  }

  /** Presses a button, or chooses from a select menu, as a person. */
  async press(press: Press): Promise<InteractionResult> {
    return pressComponent(this.#services, press);
  }

  /** The number of gateway sessions that are connected now. */
  get connected(): number {
    return this.#services.gateway.connected;
  }

  /** Resolves once `clients` gateway sessions have everything that they need to be ready. */
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

  /** Resolves once `isTrue`, which is called again whenever anything happens here. `what` is for the error. */
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

  /** Stops or resumes acknowledging heartbeats: without, a connection looks alive and is not. */
  acknowledgeHeartbeats(acknowledge: boolean): void {
    this.#services.gateway.acknowledgesHeartbeats = acknowledge;
  }

  /**
   * Ends every connection, hanging ones included, and frees the port. A second call does nothing.
   *
   * @throws An `AggregateError` of the failures inside the server while it ran: mistakes there, or in a fault plan.
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

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
