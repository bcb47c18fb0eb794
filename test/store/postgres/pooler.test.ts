import { describe, expect, test } from 'vitest';

import { openSeenStore } from '../../../src/store/index.ts';
import { ownSchema, pgbouncer, pgbouncerTo } from '../../support/postgres.ts';
import { RecordingLogger } from '../../support/recording-logger.ts';
import { errorOf, openDatabase } from './own-database.ts';

describe.skipIf(pgbouncer.missing)(`behind PgBouncer in transaction mode${pgbouncer.note}`, () => {
  test('a store works without limits of the session, and says so once', async () => {
    const { url, schema } = await ownSchema();
    const logger = new RecordingLogger();
    const store = await openSeenStore({ url: await pgbouncerTo(url), schema, logger });
    await store.markSeen(['a', 'b']);
    expect(await store.filterUnseen(['a', 'b', 'c'])).toEqual(['c']);
    await store.close();
    expect(logger.of('seen_store_limits_missing')).toHaveLength(1);
    expect(logger.of('seen_store_schema_init_failed')).toEqual([]);
  });

  test('limits hold within a transaction', async () => {
    const { url, schema } = await ownSchema();
    const database = await openDatabase({ url: await pgbouncerTo(url), schema });
    const text = "SELECT current_setting('lock_timeout') AS lock, current_setting('statement_timeout') AS statement";
    const row = await database.transact('markSeen', 'test', (session) => session.row(text));
    expect(row).toEqual({ lock: '5s', statement: '12s' });
  });

  test('a server that has become a standby is not read from', async () => {
    const { url, schema, query } = await ownSchema();
    await query(`CREATE DATABASE ${schema}`);
    const own = new URL(url);
    own.pathname = `/${schema}`;
    const store = await openSeenStore({ url: await pgbouncerTo(own.href), schema, busyTimeoutMs: 100 });
    await store.markSeen('a');
    expect(await store.filterUnseen(['a'])).toEqual([]);
    await query(`ALTER DATABASE ${schema} SET default_transaction_read_only = on`);
    await query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1', [schema]);
    expect((await errorOf(store.filterUnseen(['a']))).message).toContain('the server only reads');
    await store.close();
    await query(`DROP DATABASE ${schema} WITH (FORCE)`);
  });

  test('six stores take turns, and nothing of theirs stays with a connection', async () => {
    const { url, schema } = await ownSchema();
    const through = await pgbouncerTo(url);
    const databases = await Promise.all(Array.from({ length: 6 }, () => openDatabase({ url: through, schema })));
    const numbers = await Promise.all(
      databases.flatMap((database) =>
        Array.from({ length: 5 }, () =>
          database.transact('markSeen', 'test', async (session) => {
            const row = await session.row<{ value: number }>(`SELECT value FROM ${database.tables.token}`);
            await session.run(`UPDATE ${database.tables.token} SET value = $1`, [(row?.value ?? 0) + 1]);
            return row?.value;
          }),
        ),
      ),
    );
    expect(numbers.toSorted((a, b) => Number(a) - Number(b))).toEqual(Array.from({ length: 30 }, (_, index) => index));
  });
});
