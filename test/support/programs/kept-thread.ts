// A thread that runs the program of a store's threads for one store after the other: see `kept-threads.ts`.
import { parentPort, type MessagePort } from 'node:worker_threads';

import type { BackupTask } from '../../../src/store/sqlite/backup/protocol.ts';
import { runBackup } from '../../../src/store/sqlite/backup/thread.ts';
import type { WriterData } from '../../../src/store/sqlite/writer/protocol.ts';
import { WriterThread } from '../../../src/store/sqlite/writer/thread.ts';

interface Task {
  readonly port: MessagePort;
  readonly workerData: WriterData | BackupTask;
}

parentPort?.on('message', (task: Task) => void run(task));

async function run({ port, workerData }: Task): Promise<void> {
  port.on('close', () => parentPort?.postMessage('free'));
  if ('destination' in workerData) await runBackup(port, workerData);
  else await WriterThread.start(port, workerData);
}
