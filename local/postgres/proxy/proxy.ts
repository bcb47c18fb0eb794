import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';

import { freePort } from '../free-port.ts';
import { Connection, type Target } from './connection.ts';
import { Faults, type Cut } from './faults.ts';

export interface ProxyOptions {
  /** Called with each statement that a client sends, before the server has it. Default: nothing is called. */
  readonly onStatement?: (statement: string) => void;
}

/** A TCP proxy before a PostgreSQL server, for all that a network does to a client. */
export class PostgresProxy implements AsyncDisposable {
  readonly port: number;
  readonly #options: ProxyOptions;
  readonly #faults = new Faults();
  readonly #connections = new Set<Connection>();
  #target: Target;
  #listener: Server | undefined;

  private constructor(port: number, target: Target, options: ProxyOptions) {
    this.port = port;
    this.#target = target;
    this.#options = options;
  }

  static async create(target: Target, options: ProxyOptions): Promise<PostgresProxy> {
    const proxy = new PostgresProxy(await freePort(), target, options);
    await proxy.accept();
    return proxy;
  }

  /** The address of a database behind the proxy. */
  url(database = 'postgres'): string {
    return `postgres://postgres@127.0.0.1:${this.port}/${database}`;
  }

  /** The number of connections that are open. */
  get connections(): number {
    return this.#connections.size;
  }

  /** Cuts the connection of one statement. Several can be prepared. */
  cut(cut: Cut): void {
    this.#faults.arm(cut);
  }

  /**
   * Makes bytes vanish in a direction, without a word to anybody. A connection that lost some passes nothing any more,
   * not even its end, until `heal` or `drop` resets it.
   */
  swallow(direction: 'requests' | 'answers' | 'both'): void {
    if (direction !== 'answers') this.#faults.losesRequests = true;
    if (direction !== 'requests') this.#faults.losesAnswers = true;
  }

  /** Lets each piece of a connection take some milliseconds more, in either direction. */
  delay(ms: number): void {
    this.#faults.delayMs = ms;
  }

  /** Resets all connections. New ones can be made. */
  drop(): void {
    for (const connection of this.#connections) connection.reset();
  }

  /** Takes no more connections until `accept`. Those that are open stay. */
  refuse(): void {
    this.#listener?.close();
    this.#listener = undefined;
  }

  /** Takes connections again, on the same port. */
  async accept(): Promise<void> {
    if (this.#listener !== undefined) return;
    this.#listener = createServer({ noDelay: true, allowHalfOpen: true }, (client) => this.#serve(client));
    this.#listener.listen(this.port, '127.0.0.1');
    await once(this.#listener, 'listening');
  }

  /** Sends all to another server, as after a failover: connections to the old one are reset. */
  switchTo(target: Target): void {
    this.#target = target;
    this.drop();
  }

  /** Ends all faults but `refuse`, and resets the connections that lost bytes. */
  heal(): void {
    this.#faults.clear();
    for (const connection of this.#connections) if (connection.isLost) connection.reset();
  }

  /** Resets all connections, and frees the port. A second call does nothing. */
  async close(): Promise<void> {
    const listener = this.#listener;
    this.refuse();
    this.drop();
    if (listener !== undefined) await once(listener, 'close');
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #serve(client: Socket): void {
    const { onStatement = () => undefined } = this.#options;
    const connection = new Connection(client, this.#target, this.#faults, onStatement);
    this.#connections.add(connection);
    const forget = (): boolean => this.#connections.delete(connection);
    connection.ended.then(forget, forget);
  }
}
