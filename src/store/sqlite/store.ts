import { setImmediate as nextTurn } from 'node:timers/promises';
import { threadId } from 'node:worker_threads';
import type { Database } from 'better-sqlite3';

import type { Cycle } from '../cycle.ts';
import { SeenError, SeenInputError, SeenStoreClosedError, SeenStoreError } from '../errors.ts';
import { requireIds } from '../ids.ts';
import type { ResolvedSeenStoreOptions } from '../options.ts';
import type { PurgeOptions, PurgeResult, SeenStats, SeenStore } from '../seen-store.ts';
import { retryWhileBusy } from './busy.ts';
import { prepareStatements, type RangeSummary, type Statements } from './statements.ts';
import { cycleParameters, emptyRange, readStats } from './stats.ts';
import { walkKeys } from './walk.ts';

const DAY_MS = 86_400_000;
/** Keys a prefilter statement: about 2 ms at ten million rows. */
const FILTER_CHUNK = 1_000;
/** Rows a purge or a count looks at in one go: other writers waited 23 ms at most. */
const WALK_CHUNK = 2_000;
/** Pause after a purge's transaction, in which other writers get in. */
const PURGE_PAUSE_MS = 2;
/** How long the history of cycles reaches back. */
const CYCLE_RETENTION_MS = 30 * DAY_MS;

/** The store on a SQLite file: one connection, which belongs to the thread that opened it. */
export class SqliteSeenStore implements SeenStore {
  readonly #db: Database;
  readonly #statements: Statements;
  readonly #options: ResolvedSeenStoreOptions;
  readonly #closing = new AbortController();
  readonly #background: Promise<void>[] = [];
  #closed: Promise<void> | undefined;

  constructor(db: Database, options: ResolvedSeenStoreOptions) {
    this.#db = db;
    this.#options = options;
    this.#statements = prepareStatements(db);
  }

  /** Runs `task` beside the store; `close()` aborts its signal and waits for its end. */
  runUntilClosed(task: (signal: AbortSignal) => Promise<void>): void {
    this.#background.push(task(this.#closing.signal));
  }

  async isSeen(id: string): Promise<boolean> {
    try {
      requireIds([id]);
      return this.#read('isSeen', ({ isSeen }) => isSeen.get(id) !== undefined);
    } catch (error) {
      this.#options.logger.error('is_seen_error', { id, error });
      return false;
    }
  }

  async filterUnseen(ids: readonly string[]): Promise<string[]> {
    requireIds(ids);
    const distinct = [...new Set(ids)];
    const unseen: string[] = [];
    for (let start = 0; start < distinct.length; start += FILTER_CHUNK) {
      if (start > 0) await nextTurn();
      const chunk = JSON.stringify(distinct.slice(start, start + FILTER_CHUNK));
      unseen.push(...this.#read('filterUnseen', ({ filterUnseen }) => filterUnseen.all(chunk)));
    }
    return unseen;
  }

  async markSeen(idOrIds: string | readonly string[], ts = this.#nowSeconds()): Promise<void> {
    const ids = typeof idOrIds === 'string' ? [idOrIds] : idOrIds;
    try {
      requireIds(ids);
      requireTimestamp(ts);
      if (ids.length === 0) return;
      const distinct = JSON.stringify([...new Set(ids)]);
      await this.#write('markSeen', ({ markSeen }) => markSeen.run(ts, distinct));
    } catch (error) {
      this.#options.logger.error('mark_seen_error', { ids: ids.length, error });
      throw error;
    }
  }

  async purge({ olderThan = this.#expiry(), signal }: PurgeOptions = {}): Promise<PurgeResult> {
    const before = toSeconds(olderThan);
    const ended = signal === undefined ? this.#closing.signal : AbortSignal.any([signal, this.#closing.signal]);
    let deleted = 0;
    for await (const { from, to } of this.#walk('purge', ended)) {
      const { changes } = await this.#write('purge', ({ deleteOlder }) => deleteOlder.run(from, to, before));
      deleted += changes;
      if (changes > 0) await this.#options.clock.sleep(PURGE_PAUSE_MS);
    }
    return { deleted, finished: !ended.aborted };
  }

  async purgeExpired(): Promise<number> {
    const { deleted } = await this.purge();
    return deleted;
  }

  async countOlderThan(olderThan: Date): Promise<number> {
    const before = toSeconds(olderThan);
    let count = 0;
    for await (const { from, to } of this.#walk('countOlderThan')) {
      count += this.#read('countOlderThan', ({ countOlder }) => countOlder.get(from, to, before) ?? 0);
    }
    return count;
  }

  async stats(): Promise<SeenStats> {
    const summaries: RangeSummary[] = [];
    for await (const { from, to } of this.#walk('stats')) {
      summaries.push(this.#read('stats', ({ summarize }) => summarize.get(from, to) ?? emptyRange));
    }
    return this.#read('stats', (statements) => readStats(statements, summaries, this.#options));
  }

  async recordCycle(cycle: Cycle): Promise<void> {
    const forgetBefore = toSeconds(new Date(cycle.finishedAt.getTime() - CYCLE_RETENTION_MS));
    await this.#write('recordCycle', ({ insertCycle, deleteCycles }) => {
      insertCycle.run(...cycleParameters(cycle));
      deleteCycles.run(forgetBefore);
    });
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    const { logger, path } = this.#options;
    this.#closing.abort(new SeenStoreClosedError('An operation that was still waiting'));
    await Promise.allSettled(this.#background);
    try {
      this.#db.pragma('wal_checkpoint(TRUNCATE)');
    } catch (error) {
      logger.warn('seen_store_checkpoint_failed', { path, error });
    }
    this.#db.close();
    logger.info('seen_store_connection_closed', { thread_id: threadId, path });
  }

  #walk(operation: string, ended = this.#closing.signal): ReturnType<typeof walkKeys> {
    return this.#read(operation, (statements) => walkKeys(statements, WALK_CHUNK, ended));
  }

  #read<T>(operation: string, query: (statements: Statements) => T): T {
    if (this.#closed !== undefined) throw new SeenStoreClosedError(operation);
    try {
      return query(this.#statements);
    } catch (error) {
      throw this.#explain(operation, error);
    }
  }

  /** One immediate transaction: a deferred one that read first could not be let in later. */
  async #write<T>(operation: string, write: (statements: Statements) => T): Promise<T> {
    if (this.#closed !== undefined) throw new SeenStoreClosedError(operation);
    const { clock, busyTimeoutMs: timeoutMs } = this.#options;
    const transaction = this.#db.transaction(() => write(this.#statements));
    try {
      return await retryWhileBusy(() => transaction.immediate(), {
        operation,
        timeoutMs,
        clock,
        signal: this.#closing.signal,
      });
    } catch (error) {
      throw this.#closing.signal.aborted ? new SeenStoreClosedError(operation) : this.#explain(operation, error);
    }
  }

  #explain(operation: string, error: unknown): SeenError {
    if (error instanceof SeenError) return error;
    const reason = error instanceof Error ? error.message : String(error);
    return new SeenStoreError(operation, `${operation} failed on ${this.#options.path}: ${reason}.`, { cause: error });
  }

  #nowSeconds(): number {
    return Math.floor(this.#options.clock.now() / 1000);
  }

  #expiry(): Date {
    return new Date(this.#options.clock.now() - this.#options.ttlDays * DAY_MS);
  }
}

function requireTimestamp(ts: number): void {
  if (Number.isSafeInteger(ts) && ts >= 0) return;
  throw new SeenInputError(`ts must be a Unix time in whole seconds, but is ${String(ts)}.`);
}

function toSeconds(date: Date): number {
  const seconds = Math.floor(date.getTime() / 1000);
  if (Number.isFinite(seconds)) return seconds;
  throw new SeenInputError('olderThan is not a valid date.');
}
