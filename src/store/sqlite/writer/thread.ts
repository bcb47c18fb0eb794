// The writer thread of a store: everything that changes the database happens here, one transaction at a time.
import { parentPort, threadId, workerData, type MessagePort } from 'node:worker_threads';

import { systemClock, type Clock } from '../../clock.ts';
import { SeenStoreClosedError } from '../../errors.ts';
import type { SeenLogger } from '../../logger.ts';
import { noteDamage } from '../damage.ts';
import type { Task } from '../writes/context.ts';
import { pack } from './errors.ts';
import { Host } from './host.ts';
import type { Call, Reply, Request, WriterData } from './protocol.ts';

interface Running {
  readonly abort: AbortController;
  readonly answered: Promise<void>;
}

/** Receives calls, runs them on the host, and answers. */
class WriterThread {
  readonly #port: MessagePort;
  readonly #data: WriterData;
  readonly #running = new Map<number, Running>();
  readonly #closing = new AbortController();
  readonly #clock: Clock;
  #now = 0;
  #host: Host;

  constructor(port: MessagePort, data: WriterData) {
    this.#port = port;
    this.#data = data;
    this.#clock = { now: () => this.#now, sleep: (ms, signal, options) => systemClock.sleep(ms, signal, options) };
    this.#host = this.#open();
    // Somebody moved the file while this thread started.
    if (this.#host.file !== data.file) this.#reply({ kind: 'reopened' });
  }

  listen(): void {
    this.#port.on('message', (request: Request) => this.#receive(request));
  }

  #open(): Host {
    return new Host({
      ...this.#data,
      clock: this.#clock,
      logger: this.#logger,
      signal: this.#closing.signal,
      onLockWait: (waitedMs) => this.#reply({ kind: 'waited', waitedMs }),
    });
  }

  #receive(request: Request): void {
    if (request.kind === 'abort') return this.#running.get(request.id)?.abort.abort();
    if (request.kind === 'close') return void this.#close();
    this.#now = request.now;
    for (const call of request.calls) {
      const abort = new AbortController();
      this.#running.set(call.id, { abort, answered: this.#answer(call, abort.signal) });
    }
  }

  /** The bot must not go on writing into a file that nobody will ever open again. */
  #followFile(): void {
    if (!this.#host.movedAway) return;
    this.#host = this.#host.reopen(() => this.#open());
    this.#reply({ kind: 'reopened' });
  }

  async #answer(call: Call, aborted: AbortSignal): Promise<void> {
    const { id, name } = call;
    try {
      this.#reply({ kind: 'result', id, result: await this.#run(call, aborted) });
    } catch (error) {
      noteDamage(error, { path: this.#data.path, file: this.#host.file, logger: this.#logger });
      this.#reply({ kind: 'error', id, error: pack(name, error, this.#data.path) });
    } finally {
      this.#running.delete(id);
    }
  }

  async #run({ id, name, args }: Call, aborted: AbortSignal): Promise<unknown> {
    this.#followFile();
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the client has checked them: see WriteArguments
    const write = this.#host.writes[name] as (...all: readonly unknown[]) => Promise<unknown>;
    const task: Task = {
      signal: AbortSignal.any([aborted, this.#closing.signal]),
      report: (done) => this.#reply({ kind: 'progress', id, done }),
    };
    return write(...args, task);
  }

  /** What still runs ends early, and is answered. */
  async #close(): Promise<void> {
    this.#closing.abort(new SeenStoreClosedError('An operation that was still waiting'));
    await Promise.all([...this.#running.values()].map(({ answered }) => answered));
    this.#host.close();
    this.#logger.debug('seen_store_writer_closed', { thread_id: threadId });
    this.#port.close();
  }

  #reply(reply: Reply): void {
    this.#port.postMessage(reply);
  }

  readonly #logger: SeenLogger = {
    debug: (event, fields = {}) => this.#reply({ kind: 'log', level: 'debug', event, fields }),
    info: (event, fields = {}) => this.#reply({ kind: 'log', level: 'info', event, fields }),
    warn: (event, fields = {}) => this.#reply({ kind: 'log', level: 'warn', event, fields }),
    error: (event, fields = {}) => this.#reply({ kind: 'log', level: 'error', event, fields }),
  };
}

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what the client starts this thread with
if (parentPort !== null) new WriterThread(parentPort, workerData as WriterData).listen();
