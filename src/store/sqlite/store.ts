import { statSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { threadId } from 'node:worker_threads';

import type { Claim, ClaimOptions, ClaimRequest, ClaimWaitingOptions, ReleaseOptions } from '../claims.ts';
import { SeenInputError } from '../errors.ts';
import { requireIds } from '../ids.ts';
import type { PurgeOptions, PurgeResult, SeenStats, SeenStore } from '../seen-store.ts';
import type { Access } from './access.ts';
import { SqliteClaims } from './claims.ts';
import { SqliteCycles } from './cycles.ts';
import { Fence } from './fence.ts';
import { SqliteHolds } from './holds.ts';
import { SqliteLedger } from './ledger.ts';
import { prepareStatements, type Statements } from './statements.ts';
import { summarizeTable } from './table-summary.ts';
import { walkKeys } from './walk.ts';

const DAY_MS = 86_400_000;
/** Keys a prefilter statement: about 2 ms at ten million rows. */
const FILTER_CHUNK = 1_000;
/** Rows a purge or a count looks at in one go: other writers waited 23 ms at most. */
const WALK_CHUNK = 2_000;
/** Pause after a purge's transaction, in which other writers get in. */
const PURGE_PAUSE_MS = 2;

/** The store on a SQLite file: one connection, which belongs to the thread that opened it. */
export class SqliteSeenStore implements SeenStore {
  readonly ledger: SqliteLedger;
  readonly cycles: SqliteCycles;
  readonly holds: SqliteHolds;
  readonly #access: Access;
  readonly #claims: SqliteClaims;
  readonly #statements: Statements;
  readonly #background: Promise<void>[] = [];
  #closed: Promise<void> | undefined;

  constructor(access: Access) {
    const fence = new Fence(access.db);
    this.#access = access;
    this.#statements = prepareStatements(access.db);
    this.#claims = new SqliteClaims(access, fence);
    this.ledger = new SqliteLedger(access, fence);
    this.cycles = new SqliteCycles(access);
    this.holds = new SqliteHolds(access);
  }

  /** Runs `task` beside the store; `close()` aborts its signal and waits for its end. */
  runUntilClosed(task: (signal: AbortSignal) => Promise<void>): void {
    this.#background.push(task(this.#access.closing));
  }

  async isSeen(id: string): Promise<boolean> {
    try {
      requireIds([id]);
      return this.#access.read('isSeen', () => this.#statements.isSeen.get(id) !== undefined);
    } catch (error) {
      this.#access.options.logger.error('is_seen_error', { id, error });
      return false;
    }
  }

  async filterUnseen(ids: readonly string[]): Promise<string[]> {
    requireIds(ids);
    return this.#inChunks('filterUnseen', ids, (chunk) => this.#statements.filterUnseen.all(chunk));
  }

  async markSeen(idOrIds: string | readonly string[], ts = this.#nowSeconds()): Promise<void> {
    const ids = typeof idOrIds === 'string' ? [idOrIds] : idOrIds;
    try {
      requireIds(ids);
      requireTimestamp(ts);
      await this.#mark('markSeen', ids, ts);
    } catch (error) {
      this.#access.options.logger.error('mark_seen_error', { ids: ids.length, error });
      throw error;
    }
  }

  async touch(ids: readonly string[]): Promise<void> {
    requireIds(ids);
    const yesterday = this.#nowSeconds() - DAY_MS / 1000;
    const stale = await this.#inChunks('touch', ids, (chunk) => this.#statements.staleOf.all(chunk, yesterday));
    await this.#mark('touch', stale, this.#nowSeconds());
  }

  claim(requests: readonly (string | ClaimRequest)[], options?: ClaimOptions): Promise<Claim[]> {
    return this.#claims.claim(requests, options);
  }

  claimWaiting(options?: ClaimWaitingOptions): Promise<Claim[]> {
    return this.#claims.claimWaiting(options);
  }

  renew(claims: readonly Claim[], options?: Pick<ClaimOptions, 'leaseMs'>): Promise<void> {
    return this.#claims.renew(claims, options);
  }

  commit(claims: readonly Claim[]): Promise<void> {
    return this.#claims.commit(claims);
  }

  release(claims: readonly Claim[], options?: ReleaseOptions): Promise<void> {
    return this.#claims.release(claims, options);
  }

  fail(claims: readonly Claim[], error: string): Promise<void> {
    return this.#claims.fail(claims, error);
  }

  async purge({ olderThan = this.#expiry(), signal }: PurgeOptions = {}): Promise<PurgeResult> {
    const { closing, options } = this.#access;
    const before = toSeconds(olderThan);
    const ended = signal === undefined ? closing : AbortSignal.any([signal, closing]);
    let deleted = 0;
    for await (const { from, to } of this.#walk('purge', ended)) {
      const { changes } = await this.#access.write('purge', () => this.#statements.deleteOlder.run(from, to, before));
      deleted += changes;
      if (changes > 0) await options.clock.sleep(PURGE_PAUSE_MS);
    }
    return { deleted, finished: !ended.aborted };
  }

  async purgeExpired(): Promise<number> {
    const { deleted } = await this.purge();
    return deleted;
  }

  async countOlderThan(olderThan: Date): Promise<number> {
    const before = toSeconds(olderThan);
    const { countOlder } = this.#statements;
    let count = 0;
    for await (const { from, to } of this.#walk('countOlderThan')) {
      count += this.#access.read('countOlderThan', () => countOlder.get(from, to, before) ?? 0);
    }
    return count;
  }

  async stats(): Promise<SeenStats> {
    const { path: location, ttlDays } = this.#access.options;
    const { rows, oldest, newest } = await summarizeTable(this.#access, this.#statements, this.#walk('stats'));
    return {
      backend: 'sqlite',
      location,
      rows,
      oldest: oldest === null ? null : new Date(oldest * 1000),
      newest: newest === null ? null : new Date(newest * 1000),
      fileBytes: sizeOf(location),
      walBytes: sizeOf(`${location}-wal`),
      ttlDays,
      today: this.cycles.sumSince(startOfDay(this.#access.now())),
      lastCycle: this.cycles.last(),
      ledger: await this.ledger.counts(),
    };
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    const { db, options } = this.#access;
    this.#access.close();
    await Promise.allSettled(this.#background);
    try {
      db.pragma('wal_checkpoint(TRUNCATE)');
    } catch (error) {
      options.logger.warn('seen_store_checkpoint_failed', { path: options.path, error });
    }
    db.close();
    options.logger.info('seen_store_connection_closed', { thread_id: threadId, path: options.path });
  }

  #walk(operation: string, ended = this.#access.closing): ReturnType<typeof walkKeys> {
    this.#access.requireOpen(operation);
    return walkKeys(this.#statements, WALK_CHUNK, ended);
  }

  /** Reads for all ids, a JSON array of some of them at a time, and lets the event loop run in between. */
  async #inChunks(operation: string, ids: readonly string[], query: (chunk: string) => string[]): Promise<string[]> {
    const distinct = [...new Set(ids)];
    const found: string[] = [];
    for (let start = 0; start < distinct.length; start += FILTER_CHUNK) {
      if (start > 0) await nextTurn();
      const chunk = JSON.stringify(distinct.slice(start, start + FILTER_CHUNK));
      found.push(...this.#access.read(operation, () => query(chunk)));
    }
    return found;
  }

  async #mark(operation: string, ids: readonly string[], ts: number): Promise<void> {
    if (ids.length === 0) return this.#access.requireOpen(operation);
    const distinct = JSON.stringify([...new Set(ids)]);
    await this.#access.write(operation, () => this.#statements.markSeen.run(ts, distinct));
  }

  #nowSeconds(): number {
    return Math.floor(this.#access.now() / 1000);
  }

  #expiry(): Date {
    return new Date(this.#access.now() - this.#access.options.ttlDays * DAY_MS);
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

function startOfDay(now: number): Date {
  return new Date(new Date(now).setUTCHours(0, 0, 0, 0));
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}
