import { Pool, type PoolClient, type types } from 'pg';
import { describe, expect, onTestFinished, test } from 'vitest';

import { openSeenStore, SeenStoreClosedError, SeenStoreError } from '../../../src/store/index.ts';
import { emptySchema } from '../../support/empty-schema.ts';
import { proxyTo } from '../../support/postgres.ts';
import { RecordingLogger } from '../../support/recording-logger.ts';
import { errorOf, FastClock, openDatabase } from './own-database.ts';

function newPool(options: ConstructorParameters<typeof Pool>[0]): Pool {
  const pool = new Pool({ allowExitOnIdle: true, ...options });
  onTestFinished(() => (pool.ended || pool.ending ? undefined : pool.end()));
  return pool;
}

describe("a bot's own pool", () => {
  test('is used and left as it was', async () => {
    const { url, schema } = await emptySchema();
    const pool = newPool({ connectionString: url });
    const before = pool.eventNames();
    const store = await openSeenStore({ pool, schema });
    await store.markSeen('a');
    expect(await store.filterUnseen(['a', 'b'])).toEqual(['b']);
    await store.close();
    expect(pool.eventNames()).toEqual(before);
    expect((await pool.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
    expect(pool.idleCount).toBe(pool.totalCount);
  });

  test('of a single connection serves many operations at once', async () => {
    const { url, schema } = await emptySchema();
    const pool = newPool({ connectionString: url, max: 1 });
    const database = await openDatabase({ pool, schema });
    const work = Array.from({ length: 20 }, (_, index) =>
      database.transact('markSeen', `${index % 3}`, async (session) => {
        await session.run(`INSERT INTO ${database.tables.seen} VALUES ($1, 1)`, [`${index}`]);
        return index;
      }),
    );
    expect(await Promise.all(work)).toHaveLength(20);
  });

  test('may parse types in its own way, and limit what a transaction of its own may take', async () => {
    const { url, schema } = await emptySchema();
    const pool = newPool({
      connectionString: url,
      types: { getTypeParser: () => () => 'nonsense' } as unknown as typeof types,
      lock_timeout: 1,
      idle_in_transaction_session_timeout: 50,
      options: '-c default_transaction_isolation=serializable -c default_transaction_deferrable=on',
    });
    const database = await openDatabase({ pool, schema });
    const row = await database.transact('markSeen', 'test', async (session) => {
      await session.run('SELECT pg_sleep(0.1)');
      await new Promise((resolve) => setTimeout(resolve, 100));
      return session.row(
        "SELECT 1::bigint AS number, true AS yes, 'x' AS text, current_setting('transaction_isolation') AS level",
      );
    });
    expect(row).toEqual({ number: 1, yes: true, text: 'x', level: 'read committed' });
  });

  test('without limits is told once, with what to set', async () => {
    const { url, schema } = await emptySchema();
    const logger = new RecordingLogger();
    await openDatabase({ pool: newPool({ connectionString: url }), schema, logger });
    expect(logger.of('seen_store_limits_missing')).toEqual([
      expect.objectContaining({
        fields: expect.objectContaining({
          remedy: expect.stringContaining('ALTER ROLE the_bot SET lock_timeout = 5000'),
        }),
      }),
    ]);
    await openDatabase({ url, schema, logger });
    expect(logger.of('seen_store_limits_missing')).toHaveLength(1);
  });

  test('whose connections the bot keeps to itself keeps an operation waiting for a while only', async () => {
    const { url, schema } = await emptySchema();
    const pool = newPool({ connectionString: url, max: 1 });
    const clock = new FastClock();
    const logger = new RecordingLogger();
    const database = await openDatabase({ pool, schema, clock, logger, busyTimeoutMs: 1_000 });
    const kept = await pool.connect();
    clock.runAt(50);
    const error = await errorOf(database.run('isSeen', (session) => session.row('SELECT 1 AS one')));
    expect(error).toBeInstanceOf(SeenStoreError);
    expect(error.message).toContain("all connections of the bot's own pool were in use for too long. Raise its max");
    expect(logger.of('seen_store_unreachable')).toEqual([]);
    clock.runAt(1);
    kept.release();
    expect(await database.run('isSeen', (session) => session.row('SELECT 1 AS one'))).toEqual({ one: 1 });
  });

  test('whose wait of its own is shorter is told as what it is, too', async () => {
    const { url, schema } = await emptySchema();
    const pool = newPool({ connectionString: url, max: 1 });
    const database = await openDatabase({ pool, schema, busyTimeoutMs: 0.001 });
    // Not before the first connection, which may take its time on a busy machine.
    pool.options.connectionTimeoutMillis = 200;
    const kept = await pool.connect();
    const error = await errorOf(database.run('isSeen', (session) => session.row('SELECT 1 AS one')));
    kept.release();
    expect(error.message).toContain("all connections of the bot's own pool were in use");
  });

  test('that many stores share has one listener of theirs, and none once they are closed', async () => {
    const { url, schema } = await emptySchema();
    const pool = newPool({ connectionString: url, max: 2 });
    const clients = new Set<PoolClient>();
    pool.on('acquire', (client) => clients.add(client));
    const databases = [await openDatabase({ pool, schema })];
    while (databases.length < 12) databases.push(await openDatabase({ pool, schema }));
    expect([pool.listenerCount('error'), pool.listenerCount('connect')]).toEqual([1, 1]);
    for (const database of databases) await database.close();
    expect([pool.listenerCount('error'), pool.listenerCount('connect')]).toEqual([0, 0]);
    const client = await pool.connect();
    expect([...clients].map((one) => one.listenerCount('error'))).toEqual(
      [...clients].map((one) => (one === client ? 0 : 1)),
    );
    client.release();
  });

  test('that comes free after the store was closed carries out nothing more', async () => {
    const { url, schema, query } = await emptySchema();
    const pool = newPool({ connectionString: url, max: 1 });
    const clock = new FastClock();
    const database = await openDatabase({ pool, schema, clock });
    const kept = await pool.connect();
    const insert = `INSERT INTO ${database.tables.seen} VALUES ('late', 1)`;
    const late = errorOf(database.run('markSeen', (session) => session.run(insert)));
    clock.runAt(10);
    await database.close();
    clock.runAt(1);
    expect(await late).toBeInstanceOf(SeenStoreClosedError);
    kept.release();
    await pool.query('SELECT 1');
    expect(await query(`SELECT * FROM ${schema}.seen`)).toEqual([]);
    expect(pool.idleCount).toBe(1);
  });

  test('of a single connection gives elections the next turns', async () => {
    const { url, schema } = await emptySchema();
    const database = await openDatabase({ pool: newPool({ connectionString: url, max: 1 }), schema });
    const order: string[] = [];
    const work = ['a', 'b', 'c'].map((name) =>
      database.run('markSeen', async (session) => {
        await session.run('SELECT pg_sleep(0.05)');
        order.push(name);
      }),
    );
    const elections = [1, 2].map(() => database.run('leadership.renew', async () => void order.push('election')));
    await Promise.all([...work, ...elections]);
    expect(order.slice(-2)).toEqual(['b', 'c']);
    expect(order).toHaveLength(5);
  });

  test('that the bot ends too early is told as what it is', async () => {
    const { url, schema } = await emptySchema();
    const pool = newPool({ connectionString: url });
    const logger = new RecordingLogger();
    const database = await openDatabase({ pool, schema, logger });
    await pool.end();
    const error = await errorOf(database.run('isSeen', (session) => session.row('SELECT 1')));
    expect(error.message).toContain('the bot has ended its pool. Close the store before it');
    expect(logger.of('seen_store_unreachable')).toEqual([]);
  });

  test('that has no listener of its own does not end the process when connections break', async () => {
    const { url, schema } = await emptySchema();
    const { proxy, url: through } = await proxyTo(url);
    const pool = newPool({ connectionString: through });
    const database = await openDatabase({ pool, schema });
    proxy.drop();
    await expect.poll(() => pool.totalCount).toBe(0);
    expect(await database.run('isSeen', (session) => session.row('SELECT 1 AS one'))).toEqual({ one: 1 });
  });
});
