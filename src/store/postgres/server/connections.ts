import { withTimeLimit, type Clock } from '../../clock.ts';
import type { PostgresOptions } from '../../options.ts';
import type { PostgresClient } from '../../postgres-pool.ts';
import { Session } from '../session.ts';
import { requireConfirmation, requirePrimary } from './checks.ts';
import { Deadlines } from './deadlines.ts';
import { anonymous, isPoolEnded } from './explain.ts';
import {
  AttemptTimeoutError,
  breaksConnection,
  ConnectionsClosedError,
  CrowdedPoolError,
  mayBeUnconfirmed,
  sqlStateOf,
  UnreachableError,
} from './failures.ts';
import { limits } from './limits.ts';
import { Line } from './line.ts';
import { Outage } from './outage.ts';
import type { OwnedPool } from './pool.ts';
import { ignore, watchPool } from './pool-watch.ts';
import { Room } from './room.ts';

/** An election waits behind no other work: a leader that cannot renew its lease in time ends. */
export type Priority = 'work' | 'election';

/**
 * The connections of a store: made one at a time, given back whole or thrown away, and ended in bounded time whatever the
 * server does.
 */
export class Connections {
  readonly outage: Outage;
  readonly #owned: OwnedPool;
  readonly #clock: Clock;
  readonly #deadlines: Deadlines;
  readonly #room: Room;
  readonly #lines: Readonly<Record<Priority, Line>> = { work: new Line(), election: new Line() };
  /** Connections that are lent out to work at the moment. */
  readonly #lent = new Set<PostgresClient>();
  /** Those that lead to the primary for as long as they last. */
  readonly #primaries = new WeakSet<PostgresClient>();
  readonly #unwatch: () => void;
  /** True when something took so long that the server may be waiting for a standby. */
  #isDoubtful = false;
  #isClosed = false;

  constructor(owned: OwnedPool, location: string, options: PostgresOptions) {
    this.#owned = owned;
    this.#clock = options.clock;
    this.#deadlines = new Deadlines(options.clock);
    this.#room = new Room(owned.max);
    this.outage = new Outage(location, options);
    this.#unwatch = watchPool(owned.pool, (error) =>
      options.logger.debug('seen_store_connection_lost', { location, error: anonymous(error) }),
    );
  }

  /**
   * Does work on a connection.
   *
   * @throws {UnreachableError} where there is none to a primary that confirms what it writes.
   * @throws {AttemptTimeoutError} when the work takes longer than `limitMs`.
   */
  async use<Result>(
    work: (session: Session) => Promise<Result>,
    limitMs: number = limits.attemptMs,
    priority: Priority = 'work',
  ): Promise<Result> {
    const client = await this.#lines[priority].next(() => this.#acquire(priority));
    try {
      return await this.#on(client, limitMs, work);
    } finally {
      if (priority === 'work') this.#room.leave();
    }
  }

  /** Ends all connections of the store: those in use at once, the others as they should, or at once after a while. */
  async close(): Promise<void> {
    this.#isClosed = true;
    for (const client of this.#lent) this.#giveBack(client, new Error('The store was closed.'));
    const ended = this.#owned.end();
    try {
      await this.#soon(ended);
    } catch (error) {
      if (!(error instanceof AttemptTimeoutError)) throw error;
      this.#owned.cut();
      await this.#soon(ended);
    }
    // A pool of our own may still report what became of its last connections.
    if (this.#owned.isLent) this.#unwatch();
  }

  /** Keeps the process alive: idle connections, which are to end, do not. */
  #soon(ended: Promise<void>): Promise<void> {
    return withTimeLimit({ clock: this.#clock, limitMs: limits.closeMs, expired: notClosed }, () => ended);
  }

  async #on<Result>(
    client: PostgresClient,
    limitMs: number,
    work: (session: Session) => Promise<Result>,
  ): Promise<Result> {
    client.on('error', ignore);
    this.#lent.add(client);
    let broken: Error | undefined;
    try {
      return await this.#deadlines.within(limitMs, () => work(new Session(client)));
    } catch (error) {
      if (breaksConnection(error)) broken = new Error('broken');
      if (mayBeUnconfirmed(error)) this.#isDoubtful = true;
      if (sqlStateOf(error) !== '25006') throw error;
      throw this.#noteUnreachable(error);
    } finally {
      client.off('error', ignore);
      this.#giveBack(client, broken);
    }
  }

  #acquire(priority: Priority): Promise<PostgresClient> {
    return priority === 'election' ? this.#room.before(() => this.#connect()) : this.#acquireForWork();
  }

  async #acquireForWork(): Promise<PostgresClient> {
    await this.#requireRoom();
    this.#room.enter();
    try {
      return await this.#connect();
    } catch (error) {
      this.#room.leave();
      throw error;
    }
  }

  async #requireRoom(): Promise<void> {
    try {
      await this.#deadlines.within(limits.connectMs, () => this.#room.whenFree());
    } catch (error) {
      throw error instanceof AttemptTimeoutError ? new CrowdedPoolError(this.#owned.crowded) : error;
    }
  }

  async #connect(): Promise<PostgresClient> {
    this.outage.requireAttempt();
    try {
      const client = await this.#fromPool();
      await this.#check(client);
      this.outage.noteSuccess();
      return client;
    } catch (error) {
      throw isOfPool(error) ? error : this.#noteUnreachable(error);
    }
  }

  async #fromPool(): Promise<PostgresClient> {
    const coming = this.#owned.pool.connect();
    try {
      const client = await this.#deadlines.within(limits.connectMs, () => coming);
      if (!this.#isClosed) return client;
    } catch (error) {
      // It may come when nobody waits for it any more.
      coming.then(
        (client) => client.release(),
        () => undefined,
      );
      if (!this.outage.hasBegun && this.#owned.isUsedUp(this.#lent.size, error))
        throw new CrowdedPoolError(this.#owned.crowded);
      throw error;
    }
    (await coming).release();
    throw new ConnectionsClosedError();
  }

  /** Makes sure that the server writes, and confirms what it has written. */
  async #check(client: PostgresClient): Promise<void> {
    if (this.#primaries.has(client) && !this.#isDoubtful) return;
    client.on('error', ignore);
    try {
      await this.#deadlines.within(limits.connectMs, () => this.#checkOn(client));
    } catch (error) {
      if (breaksConnection(error)) client.release(new Error('broken'));
      else client.release();
      throw error;
    } finally {
      client.off('error', ignore);
    }
  }

  /** Behind a pooler, the server may be another one each time: its process is not the one that the connection names. */
  async #checkOn(client: PostgresClient): Promise<void> {
    const session = new Session(client);
    const pid = await requirePrimary(session);
    if (pid === Reflect.get(client, 'processID')) this.#primaries.add(client);
    if (!this.#isDoubtful) return;
    await requireConfirmation(session);
    this.#isDoubtful = false;
  }

  #giveBack(client: PostgresClient, broken: Error | undefined): void {
    if (!this.#lent.delete(client)) return;
    if (broken === undefined) client.release();
    else client.release(broken);
  }

  #noteUnreachable(error: unknown): UnreachableError {
    if (error instanceof UnreachableError) return error;
    const unreachable = new UnreachableError(anonymous(error));
    this.outage.noteFailure(unreachable);
    return unreachable;
  }
}

/** Errors that say nothing about the server. */
function isOfPool(error: unknown): boolean {
  return error instanceof CrowdedPoolError || error instanceof ConnectionsClosedError || isPoolEnded(error);
}

function notClosed(): Error {
  return new AttemptTimeoutError(limits.closeMs);
}
