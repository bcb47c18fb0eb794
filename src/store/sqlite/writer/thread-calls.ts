import type { Worker } from 'node:worker_threads';

import type { Writes } from '../../port/writes.ts';
import { systemClock } from '../../clock.ts';
import type { PurgeControl } from '../../contract/seen-store.ts';
import { reasonOf, SeenInputError, SeenStoreClosedError, SeenStoreError } from '../../errors.ts';
import type { Operation } from '../../operations.ts';
import type { SqliteOptions } from '../../options.ts';
import { telemetry } from '../../telemetry.ts';
import type { FileSet } from '../file/identity.ts';
import { toStoreError } from '../store-error.ts';
import type { Call, Reply, Request, WriterData } from './protocol.ts';
import { deserializeError } from './serialize-error.ts';
import { startThread } from './start-thread.ts';

/** The files as the reads of this store see them. */
export interface StoreFiles {
  /** Makes sure that the path leads to the files that are read, and returns these. */
  ensureInPlace(): Promise<FileSet>;
  /** The time at which they were last seen in place: see `monotonicMs`. */
  readonly verifiedAt: number;
  /** Opens the files anew for reads, because the writer had to. */
  reopen(): Promise<void>;
}

interface Pending {
  readonly operation: Operation;
  readonly resolve: (result: never) => void;
  readonly reject: (error: Error) => void;
  readonly onProgress: PurgeControl['onProgress'];
}

/** The result of a write, by its name in the port. */
export type Result<Name extends keyof Writes> = Awaited<ReturnType<Writes[Name]>>;

/**
 * The calls to the writer thread, from their turn of the event loop to their answers. The thread starts with the first.
 *
 * A thread that dies fails what it was asked for, since nobody knows what it had done; the next call starts another.
 */
export class ThreadCalls {
  readonly #options: SqliteOptions;
  readonly #files: StoreFiles;
  readonly #pending = new Map<number, Pending>();
  #unsent: Call[] = [];
  #flushing: Promise<void> | undefined;
  #worker: Worker | undefined;
  #starting: Promise<void> | undefined;
  /** Settles once the reads have followed the writer to another file. */
  #reopening: Promise<void> | undefined;
  #lastId = 0;
  #closed = false;

  constructor(options: SqliteOptions, files: StoreFiles) {
    this.#options = options;
    this.#files = files;
  }

  /** Asks for a write. Its id is for `abort`. */
  call<Name extends keyof Writes>(
    call: Omit<Call, 'id'>,
    onProgress?: PurgeControl['onProgress'],
  ): { readonly id: number; readonly result: Promise<Result<Name>> } {
    const { operation } = call;
    const id = (this.#lastId += 1);
    if (this.#closed) return { id, result: Promise.reject(new SeenStoreClosedError(operation)) };
    const { promise: result, resolve, reject } = Promise.withResolvers<Result<Name>>();
    this.#pending.set(id, { operation, resolve, reject, onProgress });
    this.#publishPending();
    this.#enqueue({ id, ...call });
    return { id, result };
  }

  /** A call is sent before it is aborted; once the thread has started, if it is just starting. */
  abort(id: number): void {
    const send = (): void => this.#send({ kind: 'abort', id });
    this.#flush();
    if (this.#starting === undefined) send();
    else this.#starting.then(send, send);
  }

  /** Puts the files in order again that are no longer in place. */
  async recover(): Promise<void> {
    if (this.#closed) return;
    if (this.#worker === undefined) await this.#files.ensureInPlace();
    else this.#send({ kind: 'recover', verifiedAt: this.#files.verifiedAt });
  }

  /** Ends what still waits, truncates the log and ends the thread. */
  async close(): Promise<void> {
    this.#flush();
    this.#closed = true;
    await this.#starting;
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
    if (this.#flushing === undefined) this.#flushing = this.#flushSoon();
  }

  /** Waits for a promise: the fake timers of a program's tests may replace `queueMicrotask`. */
  async #flushSoon(): Promise<void> {
    await Promise.resolve();
    this.#flush();
  }

  #flush(): void {
    this.#flushing = undefined;
    if (this.#unsent.length === 0) return;
    if (this.#worker === undefined) return void (this.#starting ??= this.#start());
    const calls = this.#unsent;
    this.#unsent = [];
    try {
      this.#worker.ref();
      this.#sendCalls(calls, Math.floor(this.#options.clock.now()));
    } catch (error) {
      for (const { id } of calls) this.#fail(id, error);
    }
  }

  /** Sends the calls together; each on its own where one of them cannot be sent. */
  #sendCalls(calls: readonly Call[], now: number): void {
    try {
      this.#send({ kind: 'calls', calls, now, verifiedAt: this.#files.verifiedAt });
    } catch (error) {
      const [call, ...others] = calls;
      if (call !== undefined && others.length === 0) return this.#fail(call.id, unsendable(call, error));
      for (const one of calls) this.#sendCalls([one], now);
    }
  }

  #fail(id: number, error: unknown): void {
    const pending = this.#pending.get(id);
    this.#forget(id);
    pending?.reject(toStoreError(pending.operation, error, this.#options.path));
  }

  /** While something is under way the thread keeps the process alive, and only then. */
  #forget(id: number): void {
    this.#pending.delete(id);
    this.#publishPending();
    if (this.#pending.size === 0 && !this.#closed) this.#worker?.unref();
  }

  #send(request: Request): void {
    this.#worker?.postMessage(request);
  }

  /** Starts the thread, and sends it what has been asked for meanwhile. */
  async #start(): Promise<void> {
    try {
      this.#worker = this.#newWorker(await this.#files.ensureInPlace());
    } catch (error) {
      const calls = this.#unsent;
      this.#unsent = [];
      for (const { id } of calls) this.#fail(id, error);
    } finally {
      this.#starting = undefined;
    }
    this.#flush();
  }

  #newWorker(set: FileSet): Worker {
    const { path, busyTimeoutMs, clock } = this.#options;
    const workerData: WriterData = { path, busyTimeoutMs, set, hasMachineClock: clock === systemClock };
    const worker = startThread('seen-store-writer', workerData);
    worker.on('message', (reply: Reply) => this.#receive(reply));
    worker.on('error', (error) => this.#lose(worker, error));
    worker.on('exit', () => this.#lose(worker, new Error('the thread ended')));
    return worker;
  }

  #receive(reply: Reply): void {
    if (reply.kind === 'log') return this.#options.logger[reply.level](reply.event, reply.fields);
    if (reply.kind === 'reopened') return this.#reopen();
    if (reply.kind === 'waited') return telemetry.lockWait.publish({ waitedMs: reply.waitedMs });
    const pending = this.#pending.get(reply.id);
    if (pending === undefined) return;
    if (reply.kind === 'progress') return pending.onProgress?.(reply.done);
    const settle = (): void => this.#settle(pending, reply);
    if (this.#reopening === undefined) settle();
    else this.#reopening.then(settle, settle);
  }

  /** Answers that come later wait for it: whoever is told of a write must be able to read it. */
  #reopen(): void {
    const reopening = this.#files.reopen().finally(() => {
      if (this.#reopening === reopening) this.#reopening = undefined;
    });
    this.#reopening = reopening;
  }

  #settle(pending: Pending, reply: Extract<Reply, { readonly kind: 'result' | 'error' }>): void {
    this.#forget(reply.id);
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the result of this call: see Result
    if (reply.kind === 'result') pending.resolve(reply.result as never);
    else if (this.#closed) pending.reject(new SeenStoreClosedError(pending.operation));
    else pending.reject(deserializeError(pending.operation, reply.error));
  }

  #publishPending(): void {
    telemetry.write.publish({ pending: this.#pending.size });
  }

  #lose(worker: Worker, cause: Error): void {
    if (this.#worker !== worker) return;
    this.#worker = undefined;
    const lost = [...this.#pending.values()];
    this.#pending.clear();
    this.#publishPending();
    if (!this.#closed) this.#options.logger.error('seen_store_writer_lost', { pending: lost.length, error: cause });
    for (const { operation, reject } of lost) reject(this.#lossOf(operation, cause));
  }

  #lossOf(operation: Operation, cause: Error): Error {
    if (this.#closed) return new SeenStoreClosedError(operation);
    const message = `${operation} may or may not have been written: the writer thread ended (${cause.message}). Try again.`;
    return new SeenStoreError(operation, message, { cause });
  }
}

function unsendable({ operation }: Call, cause: unknown): SeenInputError {
  const message = `An argument of ${operation} cannot be passed to the writer thread: ${reasonOf(cause)}. Pass plain data.`;
  return new SeenInputError(message, { cause });
}
