import { randomUUID } from 'node:crypto';

import { monotonicNow, sleepUnlessAborted } from '../clock.ts';
import { SeenError, SeenStoreBusyError, SeenStoreClosedError, SeenStoreError } from '../errors.ts';
import type { Operation } from '../operations.ts';
import type { PostgresOptions } from '../options.ts';
import type { Connections } from './server/connections.ts';
import { explain } from './server/explain.ts';
import { kindOfFailure, UncommittedError, UnconfirmedCommitsError, UnreachableError } from './server/failures.ts';
import { limits } from './server/limits.ts';
import { inTransaction } from './server/transaction.ts';
import type { Session } from './session.ts';
import { nowOf, serverFunctionsOf, tablesOf, type ServerFunctions, type Tables } from './tables.ts';

/** Pauses before another attempt, in milliseconds: the first, and the longest. */
const PAUSE_MS = { first: 20, longest: 2_000 };

/** Time after which nobody can still be waiting for the answer of a write, in milliseconds. */
const DONE_KEPT_MS = 3_600_000;

interface Attempt {
  readonly session: Session;
  /** True when an earlier attempt of the same work may have been carried out. */
  readonly isRepeat: boolean;
}

/**
 * The database as the reads and writes use it: work is done on one of its connections, and again where another program,
 * a restart or a failover was in the way, until `busyTimeoutMs` is over.
 */
export class Database {
  readonly tables: Tables;
  /** The expression of the present time on the database's clock. */
  readonly now: string;
  readonly functions: ServerFunctions;
  /** The place of the database, without its password. */
  readonly location: string;
  readonly options: PostgresOptions;
  readonly #connections: Connections;
  readonly #closing = new AbortController();
  /** Operations that are under way, each with the way to end it. */
  readonly #running = new Map<Promise<unknown>, () => void>();
  #closed: Promise<void> | undefined;

  constructor(connections: Connections, location: string, options: PostgresOptions) {
    this.#connections = connections;
    this.location = location;
    this.options = options;
    this.tables = tablesOf(options.schema);
    this.now = nowOf(options.schema);
    this.functions = serverFunctionsOf(options.schema);
  }

  /**
   * Does work whose statements stand for themselves: reads, and single writes that may be repeated.
   *
   * @throws {SeenStoreError} naming the operation, or a {@link SeenStoreBusyError} where a lock was in the way.
   */
  run<Result>(operation: Operation, work: (session: Session, isRepeat: boolean) => Promise<Result>): Promise<Result> {
    return this.#track(operation, () => this.#persist(operation, ({ session, isRepeat }) => work(session, isRepeat)));
  }

  /**
   * Does work whose statements belong together, in one transaction, and once: where the answer to the commit was lost, its
   * result is looked up. The result must be one that JSON can hold.
   *
   * @param lock The name of a lock that is held meanwhile: work under the same one takes turns, over all processes.
   * @throws As `run` does.
   */
  transact<Result>(operation: Operation, lock: string, work: (session: Session) => Promise<Result>): Promise<Result> {
    const key = randomUUID();
    return this.#track(operation, () =>
      this.#persist(operation, ({ session, isRepeat }) =>
        inTransaction(session, `${this.options.schema} ${lock}`, () => this.#once(session, { key, isRepeat }, work)),
      ),
    );
  }

  /**
   * Refuses everything from now on, waits a moment for what is under way, and ends the connections, in bounded time
   * whatever the server does.
   */
  close(): Promise<void> {
    this.#closing.abort();
    return (this.#closed ??= this.#end());
  }

  async #end(): Promise<void> {
    await this.#whenIdle();
    for (const end of this.#running.values()) end();
    await this.#connections.close();
  }

  async #whenIdle(): Promise<void> {
    const idle = new AbortController();
    const ended = Promise.allSettled(this.#running.keys()).then(() => idle.abort());
    await Promise.race([ended, sleepUnlessAborted(this.options.clock, limits.closeMs, idle.signal)]);
  }

  #track<Result>(operation: Operation, work: () => Promise<Result>): Promise<Result> {
    if (this.#closing.signal.aborted) return Promise.reject(new SeenStoreClosedError(operation));
    const { promise, resolve, reject } = Promise.withResolvers<Result>();
    const forget = (): void => void this.#running.delete(promise);
    this.#running.set(promise, () => reject(new SeenStoreClosedError(operation)));
    promise.then(forget, forget);
    work().then(resolve, reject);
    return promise;
  }

  async #persist<Result>(operation: Operation, work: (attempt: Attempt) => Promise<Result>): Promise<Result> {
    const { clock, busyTimeoutMs } = this.options;
    const { outage } = this.#connections;
    const startedAt = monotonicNow(clock);
    let isRepeat = false;
    for (let failures = 0; ; failures += 1) {
      try {
        const priority = operation.startsWith('leadership.') ? 'election' : 'work';
        return await this.#connections.use((session) => work({ session, isRepeat }), limits.attemptMs, priority);
      } catch (error) {
        const kind = kindOfFailure(error);
        isRepeat ||= kind === 'unanswered';
        const waitedMs = Math.round(monotonicNow(clock) - startedAt);
        const isFutile = kind === 'refused' || (kind === 'unreachable' && outage.isEstablished);
        if (isFutile || waitedMs >= busyTimeoutMs) {
          if (kind === 'unreachable') outage.establish();
          throw this.#failure(operation, error, { waitedMs, isRepeat });
        }
        await sleepUnlessAborted(clock, pauseAfter(failures), this.#closing.signal);
        if (this.#closing.signal.aborted) throw new SeenStoreClosedError(operation);
      }
    }
  }

  /** Does the work unless an earlier attempt has done it. Its lock keeps that one from going on meanwhile. */
  async #once<Result>(
    session: Session,
    { key, isRepeat }: { readonly key: string; readonly isRepeat: boolean },
    work: (session: Session) => Promise<Result>,
  ): Promise<Result> {
    const done = isRepeat ? await this.#findDone(session, key) : undefined;
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the same work wrote it
    if (done !== undefined) return done.result as Result;
    const result = await work(session);
    const { done: table } = this.tables;
    await session.run(
      `WITH old AS (
         DELETE FROM ${table} WHERE key IN (
           SELECT key FROM ${table} WHERE at < ${this.now} - ${DONE_KEPT_MS} LIMIT 100 FOR UPDATE SKIP LOCKED))
       INSERT INTO ${table} (key, at, result) VALUES ($1, ${this.now}, $2)`,
      [key, result === undefined ? null : JSON.stringify(result)],
    );
    return result;
  }

  async #findDone(session: Session, key: string): Promise<{ readonly result: unknown } | undefined> {
    const text = `SELECT result FROM ${this.tables.done} WHERE key = $1`;
    const row = await session.row<{ result: string | null }>(text, [key]);
    return row && { result: row.result === null ? undefined : JSON.parse(row.result) };
  }

  #failure(
    operation: Operation,
    error: unknown,
    { waitedMs, isRepeat }: { readonly waitedMs: number; readonly isRepeat: boolean },
  ): SeenError {
    if (error instanceof SeenError) return error;
    const kind = kindOfFailure(error);
    if (kind === 'conflict' && !isRepeat) return new SeenStoreBusyError(operation, waitedMs, { cause: error });
    const cause = error instanceof UnreachableError || error instanceof UncommittedError ? error.cause : error;
    const isAway = kind === 'unreachable' && !(cause instanceof UnconfirmedCommitsError);
    const problem = isAway ? 'no server can be reached' : undefined;
    const reason = problem === undefined ? explain(cause) : `${problem}: ${explain(cause)}`;
    const outcome = isRepeat ? ' Whether it was carried out is not known.' : '';
    const message = `${operation} failed on ${this.location}: ${reason}.${outcome}`;
    return new SeenStoreError(operation, message, { cause });
  }
}

/** Grows from attempt to attempt, with jitter: processes that met the same trouble do not come back together. */
function pauseAfter(failures: number): number {
  return Math.random() * Math.min(PAUSE_MS.longest, PAUSE_MS.first * 2 ** failures);
}
