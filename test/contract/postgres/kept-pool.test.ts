import type { Pool } from 'pg';
import { expect, test } from 'vitest';

import { settableClock } from '../../support/settable-clock.ts';
import { postgresUrl } from '../../support/postgres.ts';
import { keptPool } from './kept-pool.ts';

const url = await postgresUrl();

/** Runs a statement on a connection, which is given back whatever has become of it. */
async function run(pool: Pool, text: string): Promise<void> {
  const client = await pool.connect();
  await client.query({ text }).finally(() => client.release());
}

test('a pool whose connections were given back as they were serves the next test', async () => {
  const pool = keptPool(url, settableClock());
  await run(pool, 'SELECT pg_advisory_xact_lock(1)');
  await pool.end();
  const next = keptPool(url, settableClock());
  expect(next).toBe(pool);
  expect(next.totalCount).toBeGreaterThan(0);
  await next.end();
});

test.each([
  ['an open transaction', 'BEGIN', 'an open transaction, after BEGIN'],
  ['a transaction that failed', 'BEGIN; SELECT 1 / 0', 'an open transaction, after BEGIN; SELECT 1 / 0'],
  ['a lock of the session', 'SELECT pg_advisory_lock(1)', 'an advisory lock'],
])('%s that is left on a connection fails the test that left it, and no other test gets it', async (_, text, left) => {
  const pool = keptPool(url, settableClock());
  await run(pool, text).catch(() => undefined);
  await expect(pool.end()).rejects.toThrow(`gave a connection back with ${left}.`);
  const next = keptPool(url, settableClock());
  expect(next).not.toBe(pool);
  await run(next, 'SELECT pg_advisory_xact_lock(1)');
  await next.end();
});
