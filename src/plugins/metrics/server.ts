import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** The part of prom-client's registry that is served. The package may not be installed, so it is not imported here. */
export interface MetricsSource {
  readonly contentType: string;
  metrics(): Promise<string>;
}

/** Serves the metrics at `/metrics`. The server does not keep the process alive. */
export class MetricsServer {
  readonly #http: Server;

  private constructor(http: Server) {
    this.#http = http;
  }

  /** @throws The error of the system when the address cannot be listened on. */
  static async listen(registry: MetricsSource, port: number, host: string): Promise<MetricsServer> {
    const http = createServer((request, response) => {
      if (request.url !== '/metrics') response.writeHead(404).end('The metrics are at /metrics.\n');
      else answer(registry, response);
    });
    http.listen(port, host).unref();
    await once(http, 'listening');
    return new MetricsServer(http);
  }

  get port(): number {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a TCP server that listens has such an address
    return (this.#http.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    const closed = once(this.#http, 'close');
    this.#http.close();
    this.#http.closeAllConnections();
    await closed;
  }
}

function answer(registry: MetricsSource, response: ServerResponse): void {
  registry
    .metrics()
    .then((text) => response.writeHead(200, { 'content-type': registry.contentType }).end(text))
    .catch((error: unknown) => response.writeHead(500).end(String(error)));
}
