// The program of a store's threads, which a build bundles into one file: the writer, and one for each backup.
import { parentPort, workerData, type MessagePort } from 'node:worker_threads';

import type { BackupTask } from './backup/protocol.ts';
import { runBackup } from './backup/thread.ts';
import type { WriterData } from './writer/protocol.ts';
import { WriterThread } from './writer/thread.ts';

/** An error ends the thread, which its store is told of. */
async function run(port: MessagePort, data: WriterData | BackupTask): Promise<void> {
  if ('destination' in data) await runBackup(port, data);
  else await WriterThread.start(port, data);
}

// oxlint-disable-next-line typescript/no-unsafe-type-assertion, typescript/no-floating-promises -- a store starts its threads with it; a rejection is to end the thread
if (parentPort !== null) void run(parentPort, workerData as WriterData | BackupTask);
