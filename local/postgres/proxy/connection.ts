import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

import type { Faults } from './faults.ts';
import { asksForEncryption, MessageReader, statementIn, type Message } from './messages.ts';

type Phase = 'start' | 'encryption' | 'session' | 'encrypted';

/** The server behind a proxy. */
export interface Target {
  /** Default: 127.0.0.1. */
  readonly host?: string;
  readonly port: number;
}

/** One client's connection through the proxy. What was encrypted passes unread. */
export class Connection {
  readonly #client: Socket;
  readonly #server: Socket;
  readonly #faults: Faults;
  readonly #onStatement: (statement: string) => void;
  readonly #requests = new MessageReader();
  readonly #answers = new MessageReader();
  #phase: Phase = 'start';
  /** The server executes a statement whose answer is not to arrive. */
  #isDoomed = false;
  /** Bytes went missing, so that nothing can be understood any more: all that follows goes missing, too. */
  #isLost = false;

  /** Resolves when both sides have ended. */
  readonly ended: Promise<void>;

  constructor(client: Socket, target: Target, faults: Faults, onStatement: (statement: string) => void) {
    this.#client = client;
    this.#server = connect({ host: '127.0.0.1', ...target, noDelay: true, allowHalfOpen: true });
    this.#faults = faults;
    this.#onStatement = onStatement;
    // The loop over what arrives throws it.
    for (const socket of [this.#client, this.#server]) socket.on('error', () => undefined);
    this.ended = this.#run();
  }

  get isLost(): boolean {
    return this.#isLost;
  }

  /** Ends both sides as a machine does that has lost its memory of the connection. */
  reset(): void {
    reset(this.#client);
    reset(this.#server);
  }

  async #run(): Promise<void> {
    await Promise.allSettled([this.#pass(this.#client, this.#server), this.#pass(this.#server, this.#client)]);
    this.#client.destroy();
    this.#server.destroy();
  }

  async #pass(from: Socket, to: Socket): Promise<void> {
    const isRequest = from === this.#client;
    try {
      for await (const chunk of from.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
        if (this.#faults.delayMs > 0) await delay(this.#faults.delayMs);
        this.#isLost ||= isRequest ? this.#faults.losesRequests : this.#faults.losesAnswers;
        if (this.#isLost) continue;
        if (isRequest) this.#request(chunk);
        else this.#answer(chunk);
      }
      if (!this.#isLost) to.end();
    } catch (error) {
      // The other side learns of it, unless even that goes missing.
      if (!this.#isLost) reset(to);
      throw error;
    }
  }

  #request(chunk: Buffer): void {
    const cut = this.#phase === 'encrypted' ? undefined : this.#readRequest(chunk);
    if (cut === 'before') return this.reset();
    this.#server.write(chunk);
    if (cut === 'executed') this.#isDoomed = true;
    if (cut !== 'sent') return;
    // The server still reads what was sent before the end.
    this.#server.end();
    reset(this.#client);
  }

  #readRequest(chunk: Buffer): ReturnType<Faults['cutAt']> {
    let cut: ReturnType<Faults['cutAt']>;
    for (const message of this.#requests.read(chunk, () => this.#phase === 'session')) {
      if (this.#phase === 'session') cut ??= this.#cutFor(message);
      else this.#phase = asksForEncryption(message) ? 'encryption' : 'session';
    }
    return cut;
  }

  #cutFor(message: Message): ReturnType<Faults['cutAt']> {
    const statement = statementIn(message);
    if (statement === undefined) return undefined;
    this.#onStatement(statement);
    return this.#faults.cutAt(statement);
  }

  #answer(chunk: Buffer): void {
    if (this.#phase === 'encryption') this.#phase = chunk.toString('latin1') === 'N' ? 'start' : 'encrypted';
    else if (this.#phase === 'session') this.#readAnswer(chunk);
    if (!this.#isDoomed) this.#client.write(chunk);
  }

  #readAnswer(chunk: Buffer): void {
    for (const { type } of this.#answers.read(chunk, () => true)) {
      if (type === READY && this.#isDoomed) this.reset();
    }
  }
}

/** The server has done all that it was asked, and waits. */
const READY = 'Z';

/** Ends a socket without a farewell. One that has begun to say farewell can only be closed: Node would forget to. */
function reset(socket: Socket): void {
  if (socket.writableEnded) socket.destroy();
  else socket.resetAndDestroy();
}
