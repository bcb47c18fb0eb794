// The writer thread of a store: everything that changes the database happens here, one transaction at a time.
import { threadId, type MessagePort } from 'node:worker_threads';

import { systemClock, type Clock } from '../../clock.ts';
import type { PurgeControl } from '../../contract/seen-store.ts';
import { SeenStoreClosedError } from '../../errors.ts';
import type { SeenLogger } from '../../logger.ts';
import { noteDamage } from '../file/quarantine.ts';
import { WriterConnection } from './connection.ts';
import type { Call, Reply, Request, WriterData } from './protocol.ts';
import { serializeError } from './serialize-error.ts';

interface Running {
  readonly abort: AbortController;
  readonly answered: Promise<void>;
}

/** Receives calls, runs them on the connection, and answers. */
export class WriterThread {
  readonly #port: MessagePort;
  readonly #data: WriterData;
  readonly #running = new Map<number, Running>();
  readonly #closing = new AbortController();
  readonly #clock: Clock;
  #now = 0;
  #connection: WriterConnection;

  constructor(port: MessagePort, data: WriterData) {
    this.#port = port;
    this.#data = data;
    this.#clock = { now: () => this.#now, sleep: (ms, signal, options) => systemClock.sleep(ms, signal, options) };
    this.#connection = this.#open();
    // The file may have been moved while this thread started.
    if (this.#connection.file !== data.file) this.#reply({ kind: 'reopened' });
  }

  listen(): void {
    this.#port.on('message', (request: Request) => this.#receive(request));
  }

  #open(): WriterConnection {
    return new WriterConnection({
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

  /** The store must not go on writing into a file that nobody will ever open again. */
  #ensureSameFile(): void {
    if (!this.#connection.isMovedAway) return;
    this.#connection = this.#connection.reopen(() => this.#open());
    this.#reply({ kind: 'reopened' });
  }

  async #answer(call: Call, aborted: AbortSignal): Promise<void> {
    const { id, operation } = call;
    try {
      this.#reply({ kind: 'result', id, result: await this.#run(call, aborted) });
    } catch (error) {
      noteDamage(error, { path: this.#data.path, file: this.#connection.file, logger: this.#logger });
      this.#reply({ kind: 'error', id, error: serializeError(operation, error, this.#data.path) });
    } finally {
      this.#running.delete(id);
    }
  }

  /** Every write gets the control of a long one as its last argument; a short one leaves it alone. */
  async #run({ id, name, args }: Call, signal: AbortSignal): Promise<unknown> {
    this.#ensureSameFile();
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the arguments were checked where the call was made
    const write = this.#connection.writes[name] as (...all: readonly unknown[]) => Promise<unknown>;
    const control: PurgeControl = { signal, onProgress: (done) => this.#reply({ kind: 'progress', id, done }) };
    return write(...args, control);
  }

  /** Ends early whatever still runs, and answers it. */
  async #close(): Promise<void> {
    const reason = new SeenStoreClosedError('An operation that was still waiting');
    this.#closing.abort(reason);
    for (const { abort } of this.#running.values()) abort.abort(reason);
    await Promise.all([...this.#running.values()].map(({ answered }) => answered));
    this.#connection.close();
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
