import type { Server } from 'node:http';
import { WebSocketServer, type WebSocket } from 'ws';
import type { Changes } from '../changes.ts';
import type { Directory } from '../world/directory.ts';
import { guildCreatePayload, memberPayload, userPayload } from '../world/payloads.ts';
import { type CloseRequest, Connection, type SessionKeeper } from './connection.ts';
import { CloseCode, type GatewayEvent, Opcode, PRIVILEGED_INTENTS } from './events.ts';
import { Session } from './session.ts';

const ABNORMAL_CLOSURE = 1006;

/** Delivers events to every session that subscribed to them, and keeps sessions when connections are lost. */
export class Gateway implements SessionKeeper {
  readonly #url: string;
  readonly #directory: Directory;
  readonly #changes: Changes;
  readonly #sockets = new WebSocketServer({ noServer: true });
  readonly #sessions = new Map<string, Session>();
  acknowledgesHeartbeats = true;

  constructor(server: Server, url: string, directory: Directory, changes: Changes, heartbeatIntervalMs: number) {
    this.#url = url;
    this.#directory = directory;
    this.#changes = changes;
    server.on('upgrade', (request, socket, head) =>
      this.#sockets.handleUpgrade(request, socket, head, (ws) => {
        ws.on('close', () => changes.announce());
        return new Connection(ws, this, heartbeatIntervalMs);
      }),
    );
  }

  get url(): string {
    return this.#url;
  }

  /** The number of sessions that have a live connection now. */
  get connected(): number {
    return [...this.#sessions.values()].filter(({ isConnected }) => isConnected).length;
  }

  readonly publish = (event: GatewayEvent): void => {
    for (const session of this.#sessions.values()) if (session.wants(event)) session.dispatch(event.type, event.data);
    this.#changes.announce();
  };

  identify(socket: WebSocket, data: Record<string, unknown>): Session | CloseRequest {
    const { token, intents, shard } = data;
    if (token !== this.#directory.world.token) return authenticationFailed;
    const bits = typeof intents === 'number' ? intents : 0;
    const granted = this.#directory.world.application.privilegedIntents ?? 0;
    if (bits & PRIVILEGED_INTENTS & ~granted)
      return { closeWith: CloseCode.disallowedIntents, reason: 'Disallowed intent(s).' };
    const place = shardFrom(shard);
    if (!place) return { closeWith: CloseCode.invalidShard, reason: 'Invalid shard.' };
    const session = new Session(socket, bits, place);
    this.#sessions.set(session.id, session);
    this.#welcome(session, shard);
    this.#changes.announce();
    return session;
  }

  resume(socket: WebSocket, data: Record<string, unknown>): Session | CloseRequest | undefined {
    const { token, session_id: id, seq } = data;
    if (token !== this.#directory.world.token) return authenticationFailed;
    const session = this.#sessions.get(String(id));
    if (!session) return undefined;
    if (typeof seq !== 'number' || seq > session.sequence)
      return { closeWith: CloseCode.invalidSequence, reason: 'Invalid seq.' };
    session.resume(socket, seq);
    this.#changes.announce();
    return session;
  }

  membersChunk(data: Record<string, unknown>): object {
    const { guild_id: guildId, nonce } = data;
    // Of a guild that it is not in, a client learns nothing.
    const guild = this.#directory.world.guilds.find(({ id }) => id === guildId);
    const members = (guild?.members ?? []).map((member) => memberPayload(this.#directory, member));
    return { guild_id: guildId, members, chunk_index: 0, chunk_count: 1, nonce };
  }

  /** Ends every connection. `resumable: false` forgets the sessions too, so that clients must identify anew. */
  drop(code: number, resumable: boolean): void {
    if (!resumable) this.#sessions.clear();
    for (const socket of this.#sockets.clients) {
      // 1006 is what a client sees when there was no close frame: it cannot be sent.
      if (code === ABNORMAL_CLOSURE) socket.terminate();
      else socket.close(code);
    }
  }

  /** Asks every client to reconnect and resume. */
  requestReconnect(): void {
    for (const socket of this.#sockets.clients) socket.send(JSON.stringify({ op: Opcode.reconnect, d: null }));
  }

  close(): void {
    for (const socket of this.#sockets.clients) socket.terminate();
    this.#sockets.close();
  }

  #welcome(session: Session, shard: unknown): void {
    const { world } = this.#directory;
    const guilds = world.guilds.filter(({ id }) => session.sees(id));
    session.dispatch('READY', {
      v: 10,
      user: userPayload(this.#directory, world.bot),
      guilds: guilds.map(({ id }) => ({ id, unavailable: true })),
      session_id: session.id,
      resume_gateway_url: this.#url,
      application: { id: world.application.id, flags: 0 },
      ...(Array.isArray(shard) && { shard }),
    });
    for (const guild of guilds) session.dispatch('GUILD_CREATE', guildCreatePayload(this.#directory, guild));
  }
}

const authenticationFailed: CloseRequest = {
  closeWith: CloseCode.authenticationFailed,
  reason: 'Authentication failed.',
};

function shardFrom(shard: unknown): readonly [number, number] | undefined {
  if (!Array.isArray(shard)) return [0, 1];
  const [index, count] = shard.map(Number);
  const isPlace = Number.isInteger(index) && Number.isInteger(count);
  if (!isPlace || index === undefined || count === undefined) return undefined;
  return index >= 0 && index < count ? [index, count] : undefined;
}
