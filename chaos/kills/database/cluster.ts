import { setTimeout as delay } from 'node:timers/promises';

import {
  startPostgres,
  startProxy,
  startStandby,
  type LocalPostgres,
  type PostgresProxy,
} from '../../../local/postgres/index.ts';
import type { Replication } from '../../choices.ts';

/** A PostgreSQL server as clients reach it, with a standby where its failovers are tried. */
export class Cluster {
  /** The way of the clients, which faults disturb. */
  readonly way: PostgresProxy;
  /** The way of the run itself, which leads to the same server. */
  readonly ownWay: PostgresProxy;
  readonly #replication: Replication | undefined;
  #primary: LocalPostgres;
  #standby: LocalPostgres | undefined;
  /** The way of the log to the standby. */
  #logWay: PostgresProxy | undefined;

  private constructor(primary: LocalPostgres, way: PostgresProxy, ownWay: PostgresProxy, replication?: Replication) {
    this.#primary = primary;
    this.way = way;
    this.ownWay = ownWay;
    this.#replication = replication;
  }

  /** @param replication The kind of its standby. Default: it has none. */
  static async start(stack: AsyncDisposableStack, replication?: Replication): Promise<Cluster> {
    const primary = await startPostgres();
    const cluster = new Cluster(primary, await startProxy(primary), await startProxy(primary), replication);
    stack.defer(() => cluster.#close());
    if (replication !== undefined) await cluster.#follow();
    return cluster;
  }

  get primary(): LocalPostgres {
    return this.#primary;
  }

  /**
   * Kills the primary, and makes its standby the primary, with a new standby of its own.
   *
   * @param lossMs The time for which an asynchronous standby gets nothing before.
   */
  async failOver(lossMs: number): Promise<void> {
    const [old, next] = [this.#primary, this.#standby];
    if (next === undefined) throw new Error('A cluster without a standby cannot fail over.');
    if (this.#replication === 'async') {
      this.#logWay?.swallow('both');
      await delay(lossMs);
    }
    await old.kill();
    await next.promote();
    this.#primary = next;
    this.#standby = undefined;
    for (const way of [this.way, this.ownWay]) way.switchTo(next);
    await old.close();
    await this.#follow();
  }

  async #follow(): Promise<void> {
    await this.#logWay?.close();
    this.#logWay = await startProxy(this.#primary);
    const options = { synchronous: this.#replication === 'sync', through: this.#logWay };
    this.#standby = await startStandby(this.#primary, options);
  }

  async #close(): Promise<void> {
    for (const part of [this.way, this.ownWay, this.#logWay, this.#standby, this.#primary]) await part?.close();
  }
}
