import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

export interface AnsweringServer {
  /** `http://127.0.0.1:PORT`. */
  readonly url: string;
  readonly port: number;
  /** The path and query of every request, in order. */
  readonly paths: readonly string[];
}

/** Starts a server on a free port that answers as a test says. It ends with the test. */
export async function runServer(
  answer: (path: string, response: ServerResponse, request: IncomingMessage) => void,
): Promise<AnsweringServer> {
  const paths: string[] = [];
  const server = createServer((request, response) => {
    const path = request.url ?? '/';
    paths.push(path);
    answer(path, response, request);
  });
  server.listen(0);
  await once(server, 'listening');
  onTestFinished(async () => {
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, port, paths };
}
