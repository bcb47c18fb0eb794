// The thread of a backup. The last sync and the check of the copy take one call each, however large the database is: in
// the writer thread, all writes would wait for them.
import type { MessagePort } from 'node:worker_threads';

import type { BackupProgress } from '../../contract/backup.ts';
import { SeenInputError } from '../../errors.ts';
import type { SeenLogger } from '../../logger.ts';
import { serializeError } from '../writer/serialize-error.ts';
import { copyDatabase } from './copy-database.ts';
import type { BackupReply, BackupTask } from './protocol.ts';

type Send = (reply: BackupReply) => void;

/** Makes the backup, and answers. */
export async function runBackup(port: MessagePort, task: BackupTask): Promise<void> {
  const { database: path, destination, overwrite } = task;
  const send: Send = (reply) => port.postMessage(reply);
  const aborted = new AbortController();
  port.once('message', () => aborted.abort());
  try {
    const onProgress = (progress: BackupProgress): void => send({ kind: 'progress', progress });
    const database = { path, logger: loggerOf(send) };
    const result = await copyDatabase(database, destination, { signal: aborted.signal, onProgress, overwrite });
    send({ kind: 'done', result });
  } catch (error) {
    if (error instanceof SeenInputError) send({ kind: 'refused', message: error.message });
    else send({ kind: 'failed', error: serializeError('backup', error, path) });
  } finally {
    port.close();
  }
}

function loggerOf(send: Send): SeenLogger {
  return {
    debug: (event, fields = {}) => send({ kind: 'log', level: 'debug', event, fields }),
    info: (event, fields = {}) => send({ kind: 'log', level: 'info', event, fields }),
    warn: (event, fields = {}) => send({ kind: 'log', level: 'warn', event, fields }),
    error: (event, fields = {}) => send({ kind: 'log', level: 'error', event, fields }),
  };
}
