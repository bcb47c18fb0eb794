import { randomUUID } from 'node:crypto';
import { WebSocket } from 'ws';
import { shardOf } from '../snowflake.ts';
import type { GatewayEvent } from './events.ts';

interface Dispatch {
  readonly op: 0;
  readonly t: string;
  readonly s: number;
  readonly d: unknown;
}

/** One client's stream of events. It outlives its connections, so that missed events can be replayed. */
export class Session {
  readonly id = randomUUID();
  readonly #intents: number;
  readonly #shard: readonly [index: number, count: number];
  readonly #sent: Dispatch[] = [];
  #socket: WebSocket | undefined;

  constructor(socket: WebSocket, intents: number, shard: readonly [number, number]) {
    this.#socket = socket;
    this.#intents = intents;
    this.#shard = shard;
  }

  get isConnected(): boolean {
    // A socket that is closing carries nothing any more.
    return this.#socket?.readyState === WebSocket.OPEN;
  }

  get sequence(): number {
    return this.#sent.length;
  }

  /** Tells whether this shard receives events of the guild. Direct messages belong to shard 0, as on Discord. */
  sees(guildId: string | undefined): boolean {
    const [index, count] = this.#shard;
    return (guildId === undefined ? 0 : shardOf(guildId, count)) === index;
  }

  wants({ guildId, intent }: GatewayEvent): boolean {
    return this.sees(guildId) && (intent === 0 || (this.#intents & intent) !== 0);
  }

  dispatch(type: string, data: unknown): void {
    const event: Dispatch = { op: 0, t: type, s: this.#sent.length + 1, d: data };
    this.#sent.push(event);
    this.#send(event);
  }

  detach(socket: WebSocket): void {
    if (this.#socket === socket) this.#socket = undefined;
  }

  /** Replays every event after `sequence` on the new connection. */
  resume(socket: WebSocket, sequence: number): void {
    this.#socket = socket;
    for (const event of this.#sent.slice(sequence)) this.#send(event);
    this.dispatch('RESUMED', null);
  }

  #send(event: Dispatch): void {
    this.#socket?.send(JSON.stringify(event));
  }
}
