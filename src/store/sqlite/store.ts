import { statSync } from 'node:fs';
import { threadId } from 'node:worker_threads';

import type { Claim, ClaimOptions, ClaimRequest, ClaimWaitingOptions, ReleaseOptions } from '../contract/claims.ts';
import { SeenInputError } from '../errors.ts';
import { requireIds } from '../core/ids.ts';
import type {
  PurgeControl,
  PurgeOptions,
  PurgeResult,
  SeenStats,
  SeenStore,
  StoreSizes,
} from '../contract/seen-store.ts';
import { telemetry } from '../telemetry.ts';
import { SqliteClaims } from './claims.ts';
import { SqliteCycles } from './cycles.ts';
import { SqliteHolds } from './holds.ts';
import { SqliteLedger } from './ledger.ts';
import type { Reader } from './reader.ts';
import { SeenReads } from './seen-reads.ts';
import type { Writer } from './writer/client.ts';

const DAY_MS = 86_400_000;

/**
 * The store on a SQLite file. Here reads and writes part: reads are answered by the thread's own connection, at once;
 * writes go to the writer thread, and the event loop never waits for a lock, the disk or a checkpoint.
 */
export class SqliteSeenStore implements SeenStore {
  readonly ledger: SqliteLedger;
  readonly cycles: SqliteCycles;
  readonly holds: SqliteHolds;
  readonly #reader: Reader;
  readonly #writer: Writer;
  readonly #seen: SeenReads;
  readonly #claims: SqliteClaims;
  readonly #background: Promise<void>[] = [];
  #closed: Promise<void> | undefined;

  constructor(reader: Reader, writer: Writer) {
    this.#reader = reader;
    this.#writer = writer;
    this.#seen = new SeenReads(reader);
    this.#claims = new SqliteClaims(reader, writer);
    this.ledger = new SqliteLedger(reader, writer);
    this.cycles = new SqliteCycles(reader, writer);
    this.holds = new SqliteHolds(reader, writer);
  }

  /** Runs `task` beside the store; `close()` aborts its signal and waits for its end. */
  runUntilClosed(task: (signal: AbortSignal) => Promise<void>): void {
    this.#background.push(task(this.#reader.closing));
  }

  async isSeen(id: string): Promise<boolean> {
    try {
      requireIds([id]);
      return this.#seen.isSeen(id);
    } catch (error) {
      this.#reader.options.logger.error('is_seen_error', { id, error });
      return false;
    }
  }

  async filterUnseen(ids: readonly string[]): Promise<string[]> {
    requireIds(ids);
    return this.#seen.unseenOf(ids);
  }

  async markSeen(idOrIds: string | readonly string[], ts = this.#nowSeconds()): Promise<void> {
    const ids = typeof idOrIds === 'string' ? [idOrIds] : idOrIds;
    try {
      requireIds(ids);
      requireTimestamp(ts);
      this.#reader.requireOpen('markSeen');
      if (ids.length > 0) await this.#writer.call('markSeen', [JSON.stringify([...new Set(ids)]), ts]);
    } catch (error) {
      this.#reader.options.logger.error('mark_seen_error', { ids: ids.length, error });
      throw error;
    }
  }

  async touch(ids: readonly string[]): Promise<void> {
    requireIds(ids);
    const now = this.#nowSeconds();
    const before = now - Math.floor(Math.min(DAY_MS, (this.#reader.options.ttlDays * DAY_MS) / 2) / 1000);
    const stale = await this.#seen.staleOf(ids, before);
    if (stale.length > 0) await this.#writer.call('touch', [JSON.stringify(stale), now, before]);
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

  async purge({ olderThan, signal, onProgress }: PurgeOptions = {}): Promise<PurgeResult> {
    const before = toSeconds(olderThan ?? this.#expiry());
    this.#reader.requireOpen('purge');
    if (signal?.aborted === true) return { deleted: 0, finished: false };
    const name = olderThan === undefined ? 'expire' : 'forget';
    const result = await this.#writer.call(name, [before], { signal, onProgress });
    telemetry.purge.publish({ deleted: result.deleted });
    return result;
  }

  /** Whether anything has expired. */
  hasExpired(): Promise<boolean> {
    return this.#seen.hasOlderThan(toSeconds(this.#expiry()));
  }

  async purgeExpired({ signal, onProgress }: PurgeControl = {}): Promise<number> {
    const { deleted } = await this.purge({ signal, onProgress });
    return deleted;
  }

  async countOlderThan(olderThan: Date): Promise<number> {
    return this.#seen.countOlderThan(toSeconds(olderThan));
  }

  async stats(): Promise<SeenStats> {
    const { path: location, ttlDays } = this.#reader.options;
    const { rows, oldest, newest } = await this.#seen.summarize();
    return {
      backend: 'sqlite',
      location,
      rows,
      oldest: oldest === null ? null : new Date(oldest * 1000),
      newest: newest === null ? null : new Date(newest * 1000),
      ...(await this.sizes()),
      ttlDays,
      today: this.cycles.sumSince(startOfDay(this.#reader.now())),
      lastCycle: this.cycles.last(),
      ledger: await this.ledger.counts(),
    };
  }

  async sizes(): Promise<StoreSizes> {
    const { path } = this.#reader.options;
    return { fileBytes: sizeOf(path), walBytes: sizeOf(`${path}-wal`) };
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    const { options } = this.#reader;
    this.#reader.refuse();
    await this.#writer.close();
    await Promise.allSettled(this.#background);
    const { db } = this.#reader;
    try {
      db.pragma('wal_checkpoint(TRUNCATE)');
    } catch (error) {
      options.logger.warn('seen_store_checkpoint_failed', { path: options.path, error });
    } finally {
      db.close();
    }
    options.logger.info('seen_store_connection_closed', { thread_id: threadId, path: options.path });
  }

  #nowSeconds(): number {
    return Math.floor(this.#reader.now() / 1000);
  }

  #expiry(): Date {
    return new Date(this.#reader.now() - this.#reader.options.ttlDays * DAY_MS);
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
