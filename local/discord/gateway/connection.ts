import type { RawData, WebSocket } from 'ws';
import { isObject } from '../json.ts';
import { CloseCode, Opcode } from './events.ts';
import type { Session } from './session.ts';

/** The part of the gateway that a connection needs. */
export interface SessionKeeper {
  readonly acknowledgesHeartbeats: boolean;
  identify(socket: WebSocket, data: Record<string, unknown>): Session | CloseRequest;
  /** @returns Undefined when the session cannot be resumed. */
  resume(socket: WebSocket, data: Record<string, unknown>): Session | CloseRequest | undefined;
  membersChunk(data: Record<string, unknown>): object;
}

export interface CloseRequest {
  readonly closeWith: number;
  readonly reason: string;
}

/** Reads and answers the payloads of one WebSocket. */
export class Connection {
  readonly #socket: WebSocket;
  readonly #keeper: SessionKeeper;
  #session: Session | undefined;

  constructor(socket: WebSocket, keeper: SessionKeeper, heartbeatIntervalMs: number) {
    this.#socket = socket;
    this.#keeper = keeper;
    socket.on('message', (data) => this.#read(data));
    socket.on('close', () => this.#session?.detach(socket));
    // After an invalid frame the library closes the connection by itself, and 'close' follows.
    socket.on('error', () => this.#session?.detach(socket));
    this.#send(Opcode.hello, { heartbeat_interval: heartbeatIntervalMs });
  }

  #send(op: number, d: unknown = null): void {
    this.#socket.send(JSON.stringify({ op, d, s: null, t: null }));
  }

  #close(code: number, reason: string): void {
    this.#socket.close(code, reason);
  }

  #read(raw: RawData): void {
    const payload = parse(raw);
    if (!payload) return this.#close(CloseCode.decodeError, 'Error while decoding payload.');
    const { op } = payload;
    const data = isObject(payload['d']) ? payload['d'] : {};
    if (op === Opcode.heartbeat) return this.#heartbeat();
    if (op === Opcode.identify) return this.#identify(data);
    if (op === Opcode.resume) return this.#resume(data);
    if (!this.#session) return this.#close(CloseCode.notAuthenticated, 'Not authenticated.');
    if (op === Opcode.requestMembers)
      return this.#session.dispatch('GUILD_MEMBERS_CHUNK', this.#keeper.membersChunk(data));
    // Nobody here can see presence or voice.
    if (op === Opcode.presence || op === Opcode.voiceState) return undefined;
    return this.#close(CloseCode.unknownOpcode, 'Unknown opcode.');
  }

  #heartbeat(): void {
    if (this.#keeper.acknowledgesHeartbeats) this.#send(Opcode.heartbeatAck);
  }

  #identify(data: Record<string, unknown>): void {
    if (this.#session) return this.#close(CloseCode.alreadyAuthenticated, 'Already authenticated.');
    this.#adopt(this.#keeper.identify(this.#socket, data));
  }

  #resume(data: Record<string, unknown>): void {
    const resumed = this.#keeper.resume(this.#socket, data);
    if (resumed) this.#adopt(resumed);
    else this.#send(Opcode.invalidSession, false);
  }

  #adopt(result: Session | CloseRequest): void {
    if ('closeWith' in result) this.#close(result.closeWith, result.reason);
    else this.#session = result;
  }
}

function textOf(raw: RawData): string {
  if (Array.isArray(raw)) return Buffer.concat(raw).toString('utf8');
  return Buffer.from(raw instanceof ArrayBuffer ? new Uint8Array(raw) : raw).toString('utf8');
}

function parse(raw: RawData): Record<string, unknown> | undefined {
  try {
    const payload: unknown = JSON.parse(textOf(raw));
    return isObject(payload) ? payload : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
