import { EventEmitter } from 'node:events';

import { Client } from 'pg';
import { describe, expect, test } from 'vitest';

import { startPostgres } from '../../../local/postgres/index.ts';
import { SeenStoreBusyError, SeenStoreClosedError, SeenStoreError } from '../../../src/store/index.ts';
import type { Database } from '../../../src/store/postgres/database.ts';
import { Connections } from '../../../src/store/postgres/server/connections.ts';
import { openPool } from '../../../src/store/postgres/server/pool.ts';
import { openSeenStore } from '../../../src/store/open.ts';
import { ownSchema, proxyTo } from '../../support/postgres.ts';
import { RecordingLogger } from '../../support/recording-logger.ts';
import { errorOf, FastClock, openDatabase, postgresOptions } from './own-database.ts';

/** Adds one to a number in the schema, and returns it: done twice, it shows. */
function count(database: Database): Promise<number> {
  return database.transact('markSeen', 'test', async (session) => {
    const text = `UPDATE ${database.tables.token} SET value = value + 1 RETURNING value`;
    return (await session.row<{ value: number }>(text))?.value ?? -1;
  });
}

function mark(database: Database, id: string): Promise<number> {
  return database.run('markSeen', (session) =>
    session.run(`INSERT INTO ${database.tables.seen} VALUES ($1, 1) ON CONFLICT DO NOTHING`, [id]),
  );
}

describe('an answer that is lost', () => {
  test.each(['before', 'sent', 'executed'] as const)(
    'to a commit (cut when it was %s) does nothing twice',
    async (when) => {
      const { schema, url } = await ownSchema();
      const through = await proxyTo(url);
      const database = await openDatabase({ url: through.url, schema });
      expect(await count(database)).toBe(1);
      through.proxy.cut({ matching: /^COMMIT/, when });
      expect(await count(database)).toBe(2);
      expect(await count(database)).toBe(3);
    },
  );

  test('to a single statement tells its repetition', async () => {
    const { schema, url, query } = await ownSchema();
    const through = await proxyTo(url);
    const database = await openDatabase({ url: through.url, schema });
    through.proxy.cut({ matching: /^INSERT/ });
    const repeats: boolean[] = [];
    await database.run('markSeen', async (session, isRepeat) => {
      repeats.push(isRepeat);
      await session.run(`INSERT INTO ${database.tables.seen} VALUES ('a', 1) ON CONFLICT DO NOTHING`);
    });
    expect(repeats).toEqual([false, true]);
    expect(await query(`SELECT * FROM ${schema}.seen`)).toHaveLength(1);
  });
});

describe('a server that ends connections', () => {
  test('again and again disturbs nobody', async () => {
    const { schema, url, query } = await ownSchema();
    const logger = new RecordingLogger();
    const named = `${url}?application_name=${schema}`;
    const database = await openDatabase({ url: named, schema, logger });
    const kill = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = '${schema}'`;
    for (let round = 1; round <= 10; round += 1) {
      const counted = Promise.all([count(database), count(database), mark(database, `${round}`)]);
      await query(kill);
      await counted;
    }
    expect(await count(database)).toBe(21);
    expect(await query(`SELECT * FROM ${schema}.seen`)).toHaveLength(10);
    expect(logger.of('seen_store_unreachable')).toEqual([]);
  });

  test('while they are idle does not end the process', async () => {
    const { schema, url } = await ownSchema();
    const through = await proxyTo(url);
    const logger = new RecordingLogger();
    const database = await openDatabase({ url: through.url, schema, logger });
    through.proxy.drop();
    await expect.poll(() => logger.of('seen_store_connection_lost')).toHaveLength(1);
    expect(await count(database)).toBe(1);
  });

  test('while it is stopped and started keeps operations waiting, and is told once', async () => {
    await using server = await startPostgres();
    const logger = new RecordingLogger();
    const database = await openDatabase({ url: server.url(), logger });
    await server.stop('immediate');
    const counted = Promise.all(Array.from({ length: 10 }, () => count(database)));
    await expect.poll(() => logger.of('seen_store_unreachable')).toHaveLength(1);
    await server.start();
    expect((await counted).toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(logger.of('seen_store_unreachable')[0]?.fields).toMatchObject({ reason: expect.any(String) });
    expect(logger.of('seen_store_reachable')).toHaveLength(1);
    expect(logger.of('seen_store_reachable')[0]?.fields).toMatchObject({ duration_ms: expect.any(Number) });
  });
});

describe('a server that cannot be reached', () => {
  test('fails the first operation after its wait, and the next ones at once', async () => {
    const { schema, url } = await ownSchema();
    const { proxy, url: through } = await proxyTo(url);
    const logger = new RecordingLogger();
    const clock = new FastClock();
    const database = await openDatabase({ url: through, schema, logger, clock, busyTimeoutMs: 20_000 });
    proxy.refuse();
    proxy.drop();
    clock.runAt(40);
    const error = await errorOf(count(database));
    expect(error).toBeInstanceOf(SeenStoreError);
    expect(error.message).toMatch(
      /^markSeen failed on postgres:\/\/127\.0\.0\.1:\d+\/\w+, schema \w+: no server can be reached: nothing listens at that address\. Start the server, or look at host and port \(ECONNREFUSED\)\.$/,
    );
    clock.runAt(1);
    const start = performance.now();
    await Promise.allSettled(Array.from({ length: 100 }, () => count(database)));
    expect(performance.now() - start).toBeLessThan(10_000);
    await proxy.accept();
    await expect.poll(() => count(database)).toBe(1);
    expect(logger.lines.map(({ event }) => event).filter((event) => /reachable/.test(event))).toEqual([
      'seen_store_unreachable',
      'seen_store_reachable',
    ]);
  });

  test('whether the answer was lost before or not, is told', async () => {
    const { schema, url } = await ownSchema();
    const { proxy, url: through } = await proxyTo(url);
    const database = await openDatabase({ url: through, schema, busyTimeoutMs: 100 });
    await count(database);
    proxy.cut({ matching: /^COMMIT/ });
    proxy.refuse();
    expect((await errorOf(count(database))).message).toContain('Whether it was carried out is not known.');
  });

  test('and swallows bytes keeps nobody for longer than the limits', async () => {
    const { schema, url } = await ownSchema();
    const { proxy, url: through } = await proxyTo(url);
    const clock = new FastClock();
    const database = await openDatabase({ url: through, schema, clock, busyTimeoutMs: 10_000 });
    proxy.swallow('both');
    clock.runAt(40);
    const start = performance.now();
    const results = await Promise.allSettled([count(database), mark(database, 'a'), mark(database, 'b')]);
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    // The wait of 10 s, and one attempt of 5 s and 15 s, are less than a second on this clock.
    expect(performance.now() - start).toBeLessThan(10_000);
    clock.runAt(1);
    proxy.heal();
    await expect.poll(() => count(database)).toBe(1);
  });

  test('is no reason for a close to wait', async () => {
    const { schema, url } = await ownSchema();
    const { proxy, url: through } = await proxyTo(url);
    const store = await openSeenStore({ url: through, schema, purgeEveryMs: 1e9 });
    await store.markSeen('a');
    proxy.swallow('both');
    const pending = errorOf(store.markSeen('b'));
    const start = performance.now();
    await store.close();
    expect(performance.now() - start).toBeLessThan(15_000);
    expect(await pending).toBeInstanceOf(SeenStoreClosedError);
  });
});

describe('a server that waits for a synchronous standby', () => {
  test('is asked for nothing more until its commits are confirmed', async () => {
    await using server = await startPostgres();
    const url = server.url();
    const clock = new FastClock();
    const logger = new RecordingLogger();
    const database = await openDatabase({ url, clock, logger, busyTimeoutMs: 30_000 });
    await server.ask("ALTER SYSTEM SET synchronous_standby_names = 'away'");
    await server.ask('SELECT pg_reload_conf()');
    clock.runAt(12);
    const counted = Promise.allSettled(Array.from({ length: 12 }, () => count(database)));
    await counted;
    const error = await errorOf(count(database));
    expect(error.message).toContain('the server confirms no commits, as it waits for a synchronous standby. Start');
    expect(error.message).not.toContain('no server can be reached');
    expect(logger.of('seen_store_unreachable')).toHaveLength(1);
    const waiting = "SELECT count(*)::int AS count FROM pg_stat_activity WHERE wait_event = 'SyncRep'";
    expect(await server.ask(waiting)).toEqual([{ count: 1 }]);
    clock.runAt(1);
    await server.ask('ALTER SYSTEM RESET synchronous_standby_names');
    await server.ask('SELECT pg_reload_conf()');
    await expect.poll(() => server.ask(waiting)).toEqual([{ count: 0 }]);
    expect(await server.ask(`SELECT value::int FROM ${database.tables.token}`)).toEqual([{ value: 1 }]);
    clock.runAt(20);
    // One that is late for its limit, which is short at this pace, has counted all the same.
    await expect.poll(() => count(database)).toBeGreaterThan(1);
    expect(logger.of('seen_store_reachable')).toHaveLength(1);
  });
});

describe('attempts to connect', () => {
  test('are shared by all that wait for one', async () => {
    let attempts = 0;
    const pool = Object.assign(new EventEmitter(), {
      connect: async () => {
        attempts += 1;
        throw Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
      },
    });
    const options = postgresOptions({ pool });
    const connections = new Connections(await openPool(options, 'test', true), 'a database', options);
    const uses = Array.from({ length: 20 }, () => connections.use((session) => session.row('SELECT 1')));
    expect((await Promise.allSettled(uses)).map(({ status }) => status)).toEqual(uses.map(() => 'rejected'));
    await connections.close();
    expect(attempts).toBe(1);
  });
});

describe('a lock of another program', () => {
  test('that keeps all other work waiting does not keep an election waiting', async () => {
    const { schema, url, query } = await ownSchema();
    const database = await openDatabase({ url, schema });
    const other = new Client(url);
    await other.connect();
    await other.query(`BEGIN; LOCK TABLE ${schema}.seen`);
    const marked = Promise.all(Array.from({ length: 8 }, (_, index) => mark(database, `${index}`)));
    const waiting = async (): Promise<unknown> =>
      (await query(`SELECT 1 FROM pg_locks WHERE relation = '${schema}.seen'::regclass AND NOT granted`)).length;
    await expect.poll(waiting).toBe(3);
    expect(await database.run('leadership.renew', (session) => session.row('SELECT 1 AS one'))).toEqual({ one: 1 });
    expect(await waiting()).toBe(3);
    await other.end();
    await marked;
  });

  test('that lasts is told by an error of its own', async () => {
    const { schema, url } = await ownSchema();
    const database = await openDatabase({ url: `${url}?options=-c%20lock_timeout%3D50`, schema, busyTimeoutMs: 100 });
    const other = new Client(url);
    await other.connect();
    await other.query(`BEGIN; LOCK TABLE ${schema}.seen`);
    const error = await errorOf(mark(database, 'a'));
    await other.end();
    expect(error).toBeInstanceOf(SeenStoreBusyError);
  });
});

test('a store that was closed refuses, twice closed or not', async () => {
  const { schema, url } = await ownSchema();
  const database = await openDatabase({ url, schema });
  await database.close();
  expect(await errorOf(mark(database, 'a'))).toBeInstanceOf(SeenStoreClosedError);
});
