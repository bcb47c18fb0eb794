import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/** Something that takes connections, gives one answer, and says nothing more. */
export interface MuteServer {
  readonly port: number;
  /** Connections that were made so far. */
  readonly taken: number;
  /** Connections that their clients have not ended yet. */
  readonly open: number;
}

/** Starts one on a free port of 127.0.0.1, ended when the running test is. @param answer The answer; may be empty. */
export async function muteServer(answer: string): Promise<MuteServer> {
  const sockets = new Set<Socket>();
  let taken = 0;
  const server = createServer((socket) => {
    taken += 1;
    sockets.add(socket);
    socket.once('data', () => socket.write(answer)).resume();
    socket.once('close', () => sockets.delete(socket)).on('error', () => undefined);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return {
    port,
    get taken() {
      return taken;
    },
    get open() {
      return sockets.size;
    },
  };
}
