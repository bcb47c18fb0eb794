import { getCallSites } from 'node:util';
import { Worker } from 'node:worker_threads';

import { SeenStoreClosedError, SeenStoreError } from '../../errors.ts';
import type { ResolvedSeenStoreOptions } from '../../options.ts';
import { telemetry } from '../../telemetry.ts';
import { explain } from '../explain.ts';
import { unpack } from './errors.ts';
import type { Call, Reply, Request, WriteArguments, WriteName, WriteResult, WriterData } from './protocol.ts';

/** The file as this thread's reads see it. */
export interface WriterFile {
  /** Makes sure that path and reads mean the same file, and says which. */
  follow(): string | undefined;
  /** Opens the file anew for reads, because the writer had to. */
  reopen(): void;
}

interface Pending {
  readonly name: WriteName;
  readonly resolve: (result: never) => void;
  readonly reject: (error: Error) => void;
  readonly onProgress: ((done: number) => void) | undefined;
}

/** For writes that take long. */
export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((done: number) => void) | undefined;
}

/**
 * The way to the writer thread, which starts with the first write: a store that only reads does without.
 *
 * A thread that dies fails what it was asked for, since nobody knows what it had done; the next write starts another.
 */
export class Writer {
  readonly #options: ResolvedSeenStoreOptions;
  readonly #file: WriterFile;
  readonly #pending = new Map<number, Pending>();
  #unsent: Call[] = [];
  #worker: Worker | undefined;
  #lastId = 0;
  #closed = false;

  constructor(options: ResolvedSeenStoreOptions, file: WriterFile) {
    this.#options = options;
    this.#file = file;
  }

  /** Runs a write in the writer thread. */
  async call<N extends WriteName>(
    name: N,
    args: WriteArguments<N>,
    { signal, onProgress }: CallOptions = {},
  ): Promise<WriteResult<N>> {
    if (this.#closed) throw new SeenStoreClosedError(name);
    const id = (this.#lastId += 1);
    const { promise, resolve, reject } = Promise.withResolvers<WriteResult<N>>();
    this.#pending.set(id, { name, resolve, reject, onProgress });
    this.#publishPending();
    this.#enqueue({ id, name, args });
    const abort = (): void => {
      this.#flush();
      this.#send({ kind: 'abort', id });
    };
    signal?.addEventListener('abort', abort, { once: true });
    try {
      return await promise;
    } finally {
      signal?.removeEventListener('abort', abort);
    }
  }

  /** Ends what still waits, truncates the log and ends the thread. */
  async close(): Promise<void> {
    this.#flush();
    this.#closed = true;
    const worker = this.#worker;
    if (worker === undefined) return;
    worker.ref();
    const exited = new Promise((resolve) => worker.once('exit', resolve));
    this.#send({ kind: 'close' });
    await exited;
  }

  /** All writes of one turn of the event loop travel together. */
  #enqueue(call: Call): void {
    this.#unsent.push(call);
    if (this.#unsent.length === 1) queueMicrotask(() => this.#flush());
  }

  #flush(): void {
    if (this.#unsent.length === 0) return;
    const calls = this.#unsent;
    this.#unsent = [];
    try {
      this.#worker ??= this.#start();
    } catch (error) {
      for (const { id } of calls) this.#reject(id, error);
      return;
    }
    this.#worker.ref();
    this.#send({ kind: 'calls', calls, now: this.#options.clock.now() });
  }

  #reject(id: number, error: unknown): void {
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    this.#publishPending();
    pending?.reject(explain(pending.name, error, this.#options.path));
  }

  #send(request: Request): void {
    this.#worker?.postMessage(request);
  }

  #start(): Worker {
    const { path, busyTimeoutMs } = this.#options;
    const workerData: WriterData = { path, busyTimeoutMs, file: this.#file.follow() };
    const worker = new Worker(threadFile(), { workerData, name: 'seen-store-writer', execArgv: [] });
    worker.on('message', (reply: Reply) => this.#receive(reply));
    worker.on('error', (error) => this.#lose(worker, error));
    worker.on('exit', () => this.#lose(worker, new Error('the thread ended')));
    return worker;
  }

  #receive(reply: Reply): void {
    if (reply.kind === 'log') return this.#options.logger[reply.level](reply.event, reply.fields);
    if (reply.kind === 'reopened') return this.#file.reopen();
    if (reply.kind === 'waited') return telemetry.lockWait.publish({ waitedMs: reply.waitedMs });
    const pending = this.#pending.get(reply.id);
    if (pending === undefined) return;
    if (reply.kind === 'progress') return pending.onProgress?.(reply.done);
    this.#pending.delete(reply.id);
    this.#publishPending();
    // While something is under way the thread keeps the process alive, and only then.
    if (this.#pending.size === 0 && !this.#closed) this.#worker?.unref();
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the result of this call: see WriteResult
    if (reply.kind === 'result') pending.resolve(reply.result as never);
    else if (this.#closed) pending.reject(new SeenStoreClosedError(pending.name));
    else pending.reject(unpack(pending.name, reply.error));
  }

  #publishPending(): void {
    telemetry.write.publish({ pending: this.#pending.size });
  }

  #lose(worker: Worker, cause: Error): void {
    if (this.#worker !== worker) return;
    this.#worker = undefined;
    const lost = [...this.#pending.values()];
    this.#pending.clear();
    if (!this.#closed) this.#options.logger.error('seen_store_writer_lost', { pending: lost.length, error: cause });
    for (const { name, reject } of lost) reject(this.#lossOf(name, cause));
  }

  #lossOf(name: WriteName, cause: Error): Error {
    if (this.#closed) return new SeenStoreClosedError(name);
    const message = `${name} may or may not have been written: the writer thread ended (${cause.message}). Try again.`;
    return new SeenStoreError(name, message, { cause });
  }
}

/** Beside this file, whichever way it was built: `import.meta` is not to be had in CommonJS. */
function threadFile(): string | URL {
  const here = getCallSites(1)[0]?.scriptName ?? '';
  const file = here.replace(/client(\.\w+)$/, 'thread$1');
  return file.startsWith('file:') ? new URL(file) : file;
}
