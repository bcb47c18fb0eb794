import { Client } from 'pg';
import { expect, onTestFinished, test } from 'vitest';

import { openSeenStore, type SeenStore } from '../../../src/store/index.ts';
import { ids } from '../../support/ids.ts';
import { newSchema, ownSchema, postgresUrl } from '../../support/postgres.ts';

async function openIn(schema: string, url: string): Promise<SeenStore> {
  const store = await openSeenStore({ url, schema });
  onTestFinished(() => store.close());
  return store;
}

/** Keeps a transaction open that may see all rows of the database as they are now. */
async function holdTransaction(url: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  onTestFinished(() => client.end());
  await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
  await client.query('SELECT 1');
}

test('the size of a store is that of its tables, and is remembered once the store is closed', async () => {
  const url = await postgresUrl();
  const store = await openIn(newSchema(url), url);
  const { fileBytes, walBytes } = await store.sizes();
  await store.markSeen(ids('id', 3_000));
  const grown = await store.sizes();
  expect(grown.fileBytes).toBeGreaterThan(fileBytes + 3_000 * 8);
  expect(walBytes).toBeUndefined();
  await store.close();
  expect((await store.sizes()).fileBytes).toBe(grown.fileBytes);
});

test('the health of a store tells what waits for a vacuum, and who holds that back', async () => {
  const { url, schema, query } = await ownSchema();
  const store = await openIn(schema, url);
  await query(`VACUUM "${schema}".seen_item`);
  await store.markSeen(ids('id', 2_000));
  await holdTransaction(url);
  await store.markSeen(ids('id', 2_000));
  // The server's counts come a moment after the writes.
  await expect.poll(async () => (await store.stats()).health?.deadRows, { timeout: 15_000 }).toBeGreaterThan(1_900);
  const { health } = await store.sizes();
  expect(health?.oldestTransactionMs).toBeGreaterThanOrEqual(0);
  expect(health?.vacuumedAgoMs).toBeGreaterThanOrEqual(0);
  expect(health?.vacuumedAgoMs).toBeLessThan(600_000);
});

test('a role that may not see the transactions of others is told of none', async () => {
  const { url, schema, query } = await ownSchema();
  await (await openSeenStore({ url, schema })).close();
  const role = `${schema}_reader`;
  await query(`CREATE ROLE ${role} LOGIN PASSWORD 'secret'`);
  onTestFinished(async () => {
    await query(`DROP OWNED BY ${role}`);
    await query(`DROP ROLE ${role}`);
  });
  await query(`GRANT USAGE ON SCHEMA "${schema}" TO ${role}`);
  await query(`GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA "${schema}" TO ${role}`);
  await holdTransaction(url);
  const own = new URL(url);
  own.username = role;
  own.password = 'secret';
  const { fileBytes, health } = await (await openIn(schema, own.href)).sizes();
  expect(fileBytes).toBeGreaterThan(0);
  expect(health).toMatchObject({ oldestTransactionMs: null, vacuumedAgoMs: null });
});
