// The writer thread of a store: everything that changes the database happens here, one transaction at a time.
import { threadId, type MessagePort } from 'node:worker_threads';

import { systemClock, type Clock } from '../../clock.ts';
import type { PurgeControl } from '../../contract/seen-store.ts';
import { SeenStoreClosedError } from '../../errors.ts';
import type { SeenLogger } from '../../logger.ts';
import { loadDriver } from '../file/driver.ts';
import { openInPlace, PEER_PAUSE_MS, reconnect, type Opened } from '../file/connection.ts';
import { mayBeRestored } from '../file/missing-file.ts';
import { isInPlace } from '../file/identity.ts';
import { mayOthersBePresent } from '../file/opening-lock.ts';
import { noteDamage } from '../file/quarantine.ts';
import { PlaceGoneError } from '../file/place.ts';
import { monotonicMs, recover, type Recovered, type Recovery } from '../file/recover.ts';
import { WriterConnection } from './connection.ts';
import { FileReplacedError } from './group-commit.ts';
import type { Call, Reply, Request, WriterData } from './protocol.ts';
import { serializeError } from './serialize-error.ts';

/** A write is made anew at most this often because its file was replaced. */
const MAX_REPLACEMENTS = 5;

/** Time in which a store that closes tries to put its files in order, in milliseconds. */
const LAST_TRIES_MS = 5_000;

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
  /** The time by the store's clock when it last asked for writes, in milliseconds since the Unix epoch. */
  #now = 0;
  #connection: WriterConnection;
  /** Since when somebody else may be about to restore the file: see `monotonicMs`. */
  #waitingSince: number | undefined;
  #isPlaceGone = false;

  /** Opens the database, once SQLite is loaded in this thread, and answers calls from then on. */
  static async start(port: MessagePort, data: WriterData): Promise<void> {
    await loadDriver();
    new WriterThread(port, data).#listen();
  }

  private constructor(port: MessagePort, data: WriterData) {
    this.#port = port;
    this.#data = data;
    this.#clock = {
      now: () => (data.hasMachineClock ? systemClock.now() : this.#now),
      sleep: (ms, signal, options) => systemClock.sleep(ms, signal, options),
    };
    this.#connection = this.#connect(reconnect(this.#fileOptions));
    // The files may have been replaced while this thread started.
    if (!isInPlace(data.set, data.path)) this.#reply({ kind: 'reopened' });
  }

  #listen(): void {
    this.#port.on('message', (request: Request) => this.#receive(request));
  }

  get #fileOptions() {
    return { path: this.#data.path, logger: this.#logger, clock: this.#clock };
  }

  #connect(opened: Opened): WriterConnection {
    const connection: WriterConnection = new WriterConnection(opened, {
      ...this.#fileOptions,
      busyTimeoutMs: this.#data.busyTimeoutMs,
      signal: this.#closing.signal,
      onLockWait: (waitedMs) => this.#reply({ kind: 'waited', waitedMs }),
      onTorn: () => this.#carryOver(connection),
    });
    return connection;
  }

  #receive(request: Request): void {
    if (request.kind === 'abort') return this.#running.get(request.id)?.abort.abort();
    if (request.kind === 'close') return void this.#close();
    this.#connection.verifiedAt = Math.max(this.#connection.verifiedAt, request.verifiedAt);
    if (request.kind === 'recover') return this.#recoverIfIdle();
    this.#now = request.now;
    for (const call of request.calls) {
      const abort = new AbortController();
      this.#running.set(call.id, { abort, answered: this.#answer(call, abort.signal) });
    }
  }

  async #answer(call: Call, aborted: AbortSignal): Promise<void> {
    const { id, operation } = call;
    try {
      this.#reply({ kind: 'result', id, result: await this.#run(call, aborted) });
    } catch (error) {
      const { file } = this.#connection.set;
      noteDamage(error, { path: this.#data.path, file, logger: this.#logger });
      this.#reply({ kind: 'error', id, error: serializeError(operation, error, this.#data.path) });
    } finally {
      this.#running.delete(id);
    }
  }

  /** Makes a write, and makes it anew when it went into a file that was replaced before it could be acknowledged. */
  async #run(call: Call, signal: AbortSignal): Promise<unknown> {
    const control: PurgeControl = {
      signal,
      onProgress: (done) => this.#reply({ kind: 'progress', id: call.id, done }),
    };
    for (let replacements = 0; ; replacements += 1) {
      try {
        return await this.#connection.run(call, control);
      } catch (error) {
        if (!(error instanceof FileReplacedError) || replacements === MAX_REPLACEMENTS) throw error;
      }
    }
  }

  /**
   * Waits while another process opens the file, or is about to restore a newer one than this.
   *
   * @throws {FileReplacedError} when the commit that was just made is not in the file that counts now.
   */
  async #carryOver(connection: WriterConnection): Promise<void> {
    for (;;) {
      try {
        if (this.#recover(connection) === 'replaced') throw new FileReplacedError();
        return;
      } catch (error) {
        if (!mayBeRestored(error) || this.#hasWaitedEnough) throw error;
        await systemClock.sleep(PEER_PAUSE_MS, this.#closing.signal);
      }
    }
  }

  /** The store found its files missing while nobody wrote. */
  #recoverIfIdle(): void {
    if (!this.#connection.isIdle) return;
    try {
      if (this.#connection.isTorn || this.#isPlaceGone) this.#recover(this.#connection);
      else this.#reply({ kind: 'reopened' });
    } catch (error) {
      // A place that is gone has been reported. Whoever writes is told, and the next try comes within a second.
      if (!(error instanceof PlaceGoneError))
        this.#logger.debug('seen_store_recovery_failed', { path: this.#data.path, error });
    }
  }

  /** Restores a file that is gone, before this connection closes, which alone still has its data. */
  async #recoverAtEnd(): Promise<void> {
    const { path } = this.#data;
    const until = monotonicMs() + LAST_TRIES_MS;
    while (this.#connection.isTorn && !this.#isPlaceGone) {
      try {
        this.#recover(this.#connection);
      } catch (error) {
        if (error instanceof PlaceGoneError) return;
        if (monotonicMs() > until) return this.#logger.error('seen_store_recovery_failed', { path, error });
        await systemClock.sleep(PEER_PAUSE_MS);
      }
    }
  }

  /** Puts the database in order and goes on with the file that the path leads to then. */
  #recover(connection: WriterConnection): Recovery {
    const { outcome, opened } = this.#putInOrder(connection);
    this.#connection = this.#connect(opened);
    connection.retire();
    this.#reply({ kind: 'reopened' });
    return outcome;
  }

  #putInOrder(connection: WriterConnection): Recovered<Opened> {
    try {
      const torn = { db: connection.db, set: connection.set, verifiedAt: connection.verifiedAt, isLast: this.#isLast };
      const recovered = recover(torn, this.#fileOptions, (isReplacement) =>
        openInPlace(this.#fileOptions, isReplacement),
      );
      if (this.#isPlaceGone) this.#logger.warn('seen_store_place_back', { path: this.#data.path });
      this.#isPlaceGone = false;
      this.#waitingSince = undefined;
      return recovered;
    } catch (error) {
      if (mayBeRestored(error)) this.#waitingSince ??= monotonicMs();
      if (error instanceof PlaceGoneError) this.#notePlaceGone(error);
      throw error;
    }
  }

  /** True when nobody is left who could have a newer file: an older one is better than none then. */
  get #isLast(): boolean {
    return this.#hasWaitedEnough && !mayOthersBePresent(this.#data.path);
  }

  get #hasWaitedEnough(): boolean {
    return this.#waitingSince !== undefined && monotonicMs() - this.#waitingSince > this.#data.busyTimeoutMs;
  }

  #notePlaceGone(error: PlaceGoneError): void {
    if (!this.#isPlaceGone) this.#logger.error('seen_store_place_gone', { path: this.#data.path, error });
    this.#isPlaceGone = true;
  }

  /** Ends early whatever still runs, and answers it. */
  async #close(): Promise<void> {
    const reason = new SeenStoreClosedError('An operation that was still waiting');
    this.#closing.abort(reason);
    for (const { abort } of this.#running.values()) abort.abort(reason);
    await Promise.all([...this.#running.values()].map(({ answered }) => answered));
    await this.#recoverAtEnd();
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
