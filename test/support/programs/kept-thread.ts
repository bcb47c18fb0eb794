// A thread that runs the program of a store's writer for one store after the other: see `kept-threads.ts`.
import { parentPort, type MessagePort } from 'node:worker_threads';

import type { WriterData } from '../../../src/store/sqlite/writer/protocol.ts';
import { WriterThread } from '../../../src/store/sqlite/writer/thread.ts';

interface Task {
  readonly port: MessagePort;
  readonly workerData: WriterData;
}

parentPort?.on('message', ({ port, workerData }: Task) => {
  port.on('close', () => parentPort?.postMessage('free'));
  new WriterThread(port, workerData).listen();
});
