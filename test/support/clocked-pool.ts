import { Client, Pool, type PoolClient } from 'pg';

import { silentLogger, type Clock, type SeenStore } from '../../src/store/index.ts';
import { resolveSeenStoreOptions, type PostgresOptions } from '../../src/store/options.ts';
import { migratePostgres } from '../../src/store/postgres/migrate.ts';

/** The time that the database goes by, in place of its own, on the connections of a clocked pool. */
const SETTING = 'seen_test.now';

/**
 * Makes a schema with the tables of a store, before any store opens, which would note times of the true clock there. Its
 * own clock tells what that of a clocked pool told when the statement was sent; on other connections, it is right.
 */
export async function makeClockedSchema(url: string, schema: string): Promise<void> {
  await migratePostgres(resolveSeenStoreOptions({ url, schema, logger: silentLogger }, {}) as PostgresOptions);
  const client = new Client(url);
  await client.connect();
  await client.query(
    `CREATE OR REPLACE FUNCTION "${schema}".seen_now() RETURNS bigint LANGUAGE plpgsql VOLATILE AS $$
       BEGIN RETURN coalesce(nullif(current_setting('${SETTING}', true), '')::bigint,
         floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint); END $$`,
  );
  await client.end();
}

/** A pool whose every statement is preceded by the clock's time. */
export function clockedPool(url: string, clock: Pick<Clock, 'now'>): Pool {
  const pool = new Pool({ connectionString: url, max: 4, allowExitOnIdle: true });
  pool.on('connect', (client) => tellTime(client, () => clock.now()));
  return pool;
}

/**
 * Precedes each statement with the time, unless the connection has been told it. A connection does one statement after the
 * other, in the order in which they are sent.
 */
export function tellTime(client: PoolClient, now: () => number): void {
  const query = client.query.bind(client) as (statement: { readonly text: string }) => Promise<unknown>;
  let told: number | undefined;
  const queryInTime = async (statement: { readonly text: string }): Promise<unknown> => {
    const time = Math.floor(now());
    // A transaction that failed takes no other statement any more, and takes back what it was told.
    const isRollback = statement.text === 'ROLLBACK';
    if (time !== told && !isRollback) await query({ text: `SELECT set_config('${SETTING}', '${time}', false)` });
    told = isRollback ? undefined : time;
    return query(statement);
  };
  Object.assign(client, { query: queryInTime });
}

/** The store, which ends the pool as well when it is closed. */
export function withPool(store: SeenStore, pool: Pool): SeenStore {
  let ended: Promise<void> | undefined;
  return { ...store, close: () => (ended ??= store.close().then(() => pool.end())) };
}
