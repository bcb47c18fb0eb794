import type { Worker } from 'node:worker_threads';

import type { BackupOptions, BackupResult } from '../../contract/backup.ts';
import { SeenInputError, SeenStoreError } from '../../errors.ts';
import type { NotedFile } from '../file/file-note.ts';
import { toStoreError } from '../store-error.ts';
import { deserializeError } from '../writer/serialize-error.ts';
import { startThread } from '../writer/start-thread.ts';
import { requireFileName } from '../../destination.ts';
import type { BackupAnswer, BackupReply, BackupTask } from './protocol.ts';

/** The files as the reads of this store see them. */
interface ReadFiles {
  /** Makes sure that the path leads to the files that are read. */
  ensureInPlace(): unknown;
}

/** The backups of one store. Each has a thread of its own, which ends with it. */
export class BackupThreads {
  readonly #database: NotedFile;
  readonly #files: ReadFiles;
  readonly #running = new Set<Promise<BackupResult>>();

  constructor({ path, logger }: NotedFile, files: ReadFiles) {
    this.#database = { path, logger };
    this.#files = files;
  }

  async run(path: string, options: BackupOptions): Promise<BackupResult> {
    const backup = this.#backUp(requireFileName(path), options);
    this.#running.add(backup);
    try {
      return await backup;
    } finally {
      this.#running.delete(backup);
    }
  }

  /** Resolves once no backup runs any more. Their callers learn how they ended. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.#running);
  }

  /** Waits until the thread has answered and ended: nothing of an aborted backup is left then. */
  async #backUp(destination: string, { signal, onProgress, overwrite = false }: BackupOptions): Promise<BackupResult> {
    await this.#ensureInPlace();
    signal?.throwIfAborted();
    const workerData: BackupTask = { database: this.#database.path, destination, overwrite };
    const thread = startThread('seen-store-backup', workerData);
    const abort = (): void => thread.postMessage('abort');
    signal?.addEventListener('abort', abort, { once: true });
    try {
      const answer = await this.#answerOf(thread, onProgress);
      if (answer.kind === 'done') return answer.result;
      signal?.throwIfAborted();
      throw answer.kind === 'refused' ? new SeenInputError(answer.message) : deserializeError('backup', answer.error);
    } finally {
      signal?.removeEventListener('abort', abort);
    }
  }

  async #ensureInPlace(): Promise<void> {
    try {
      await this.#files.ensureInPlace();
    } catch (error) {
      throw toStoreError('backup', error, this.#database.path);
    }
  }

  #answerOf(thread: Worker, onProgress: BackupOptions['onProgress']): Promise<BackupAnswer> {
    const { promise, resolve, reject } = Promise.withResolvers<BackupAnswer>();
    let end = (): void => reject(lossOf(new Error('it ended without an answer')));
    thread.on('message', (reply: BackupReply) => {
      if (reply.kind === 'progress') onProgress?.(reply.progress);
      else if (reply.kind === 'log') this.#database.logger[reply.level](reply.event, reply.fields);
      else end = () => resolve(reply);
    });
    thread.on('error', (cause) => reject(lossOf(cause)));
    thread.on('exit', () => end());
    return promise;
  }
}

function lossOf(cause: Error): SeenStoreError {
  return new SeenStoreError('backup', `backup failed: its thread was lost (${cause.message}). Try again.`, { cause });
}
