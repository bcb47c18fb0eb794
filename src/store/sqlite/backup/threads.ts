import { Worker } from 'node:worker_threads';

import type { BackupOptions, BackupResult } from '../../contract/backup.ts';
import { SeenInputError, SeenStoreError } from '../../errors.ts';
import { toStoreError } from '../store-error.ts';
import { deserializeError } from '../writer/serialize-error.ts';
import { threadFile } from '../writer/thread-file.js';
import { requireFileName } from './destination.ts';
import type { BackupReply, BackupTask } from './protocol.ts';

/** The file as the reads of this store see it. */
interface ReadFile {
  /** Makes sure that the path leads to the file that is read. */
  ensureSameFile(): unknown;
}

/** The backups of one store. Each has a thread of its own, which ends with it. */
export class BackupThreads {
  readonly #path: string;
  readonly #file: ReadFile;
  readonly #running = new Set<Promise<BackupResult>>();

  /** @param path The path of the database. */
  constructor(path: string, file: ReadFile) {
    this.#path = path;
    this.#file = file;
  }

  async run(path: string, { overwrite = false, ...control }: BackupOptions): Promise<BackupResult> {
    const destination = requireFileName(path);
    this.#ensureSameFile();
    const backup = answerOf({ database: this.#path, destination, overwrite }, control);
    this.#running.add(backup);
    try {
      return await backup;
    } finally {
      this.#running.delete(backup);
    }
  }

  #ensureSameFile(): void {
    try {
      this.#file.ensureSameFile();
    } catch (error) {
      throw toStoreError('backup', error, this.#path);
    }
  }

  /** Resolves once no backup runs any more. Their callers learn how they ended. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.#running);
  }
}

/** Starts the thread, and waits until it has answered and ended: nothing of an aborted backup is left then. */
async function answerOf(task: BackupTask, { signal, onProgress }: BackupOptions): Promise<BackupResult> {
  const thread = new Worker(threadFile, { workerData: task, name: 'seen-store-backup', execArgv: [] });
  const abort = (): void => thread.postMessage('abort');
  signal?.addEventListener('abort', abort, { once: true });
  try {
    const reply = await lastReply(thread, onProgress);
    if (reply.kind === 'done') return reply.result;
    signal?.throwIfAborted();
    throw reply.kind === 'refused' ? new SeenInputError(reply.message) : deserializeError('backup', reply.error);
  } finally {
    signal?.removeEventListener('abort', abort);
  }
}

type Answer = Exclude<BackupReply, { readonly kind: 'progress' }>;

function lastReply(thread: Worker, onProgress: BackupOptions['onProgress']): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  let end = (): void => reject(lossOf());
  thread.on('message', (reply: BackupReply) => {
    if (reply.kind === 'progress') onProgress?.(reply.progress);
    else end = () => resolve(reply);
  });
  thread.on('error', (cause) => reject(lossOf(cause)));
  thread.on('exit', () => end());
  return promise;
}

function lossOf(cause?: Error): SeenStoreError {
  const reason = cause === undefined ? '' : ` (${cause.message})`;
  return new SeenStoreError('backup', `backup failed: its thread ended without an answer${reason}. Try again.`, {
    cause,
  });
}
