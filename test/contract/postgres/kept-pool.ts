import { once } from 'node:events';
import { Pool, type PoolClient } from 'pg';

import type { Clock } from '../../../src/store/index.ts';
import { tellTime } from '../../support/clocked-pool.ts';
import { schemaAt } from '../../support/postgres.ts';

/** Pools of this worker that no store uses now. */
const idle: KeptPool[] = [];

/**
 * A clocked pool whose connections serve the stores of one test after the other, because they are slow to make. Its end
 * fails where a store has left something on a connection that the next test would find.
 */
export function keptPool(url: string, clock: Pick<Clock, 'now'>): Pool {
  const index = idle.findLastIndex((pool) => pool.url === url);
  const [pool = new KeptPool(url)] = index < 0 ? [] : idle.splice(index, 1);
  pool.clock = clock;
  return pool;
}

/** What a connection of `pg` knows beside what its types say. */
interface Connection extends PoolClient {
  /** The server's process. */
  readonly processID: number;
  /** False while the server works on a statement. One that fails rejects before that is over. */
  readonly readyForQuery: boolean;
}

class KeptPool extends Pool {
  readonly url: string;
  clock: Pick<Clock, 'now'> = Date;
  readonly #connections = new Set<Connection>();

  constructor(url: string) {
    super({ connectionString: url, max: 4, allowExitOnIdle: true });
    this.url = url;
    this.on('connect', (client) => {
      this.#connections.add(client as Connection);
      tellTime(client, () => this.clock.now());
    });
    this.on('remove', (client) => this.#connections.delete(client as Connection));
  }

  /** Ends the connections only if a store has not given everything back. */
  override async end(): Promise<void> {
    if (this.idleCount < this.totalCount || this.waitingCount > 0) return super.end();
    const left = await this.#findLeft();
    if (left.length === 0) return void idle.push(this);
    await super.end();
    throw new Error(`A store gave a connection back with ${left.join(', and with ')}.`);
  }

  /** Finds what the server still keeps for the connections, which a pool does not know. */
  async #findLeft(): Promise<readonly string[]> {
    const connections = [...this.#connections];
    const busy = connections.filter(({ readyForQuery }) => !readyForQuery);
    await Promise.all(busy.map((connection) => once(connection, 'drain')));
    const processes = connections.map(({ processID }) => processID);
    const rows = await schemaAt(this.url, '').query(
      `SELECT 'an open transaction, after ' || query AS left FROM pg_stat_activity
       WHERE pid = ANY($1) AND starts_with(state, 'idle in transaction')
       UNION SELECT 'an advisory lock' FROM pg_locks WHERE pid = ANY($1) AND locktype = 'advisory'`,
      [processes],
    );
    return rows.map((row) => String(row['left']));
  }
}
