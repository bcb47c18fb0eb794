// The thread of a backup. The last sync and the check of the copy take one call each, however large the database is: in
// the writer thread, all writes would wait for them.
import type { MessagePort } from 'node:worker_threads';

import type { BackupProgress } from '../../contract/backup.ts';
import { SeenInputError } from '../../errors.ts';
import { serializeError } from '../writer/serialize-error.ts';
import { backupFile } from './backup-file.ts';
import type { BackupReply, BackupTask } from './protocol.ts';

/** Makes the backup, and answers. */
export async function runBackup(port: MessagePort, { database, destination, overwrite }: BackupTask): Promise<void> {
  const send = (reply: BackupReply): void => port.postMessage(reply);
  const aborted = new AbortController();
  port.once('message', () => aborted.abort());
  try {
    const onProgress = (progress: BackupProgress): void => send({ kind: 'progress', progress });
    const result = await backupFile(database, destination, { signal: aborted.signal, onProgress, overwrite });
    send({ kind: 'done', result });
  } catch (error) {
    if (error instanceof SeenInputError) send({ kind: 'refused', message: error.message });
    else send({ kind: 'failed', error: serializeError('backup', error, database) });
  } finally {
    port.close();
  }
}
