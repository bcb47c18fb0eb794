import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A server on this machine that answers every request with what it was last given: a feed, or a list as JSON. */
export class SourceServer implements AsyncDisposable {
  readonly url: string;
  readonly #server: Server;
  body = '';

  private constructor(server: Server) {
    this.#server = server;
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    server.on('request', (_request, response) => response.end(this.body));
  }

  static async start(): Promise<SourceServer> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new SourceServer(server);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, 'close');
  }
}
