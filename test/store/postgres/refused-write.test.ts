import { randomBytes } from 'node:crypto';
import { Pool } from 'pg';
import { expect, onTestFinished, test } from 'vitest';

import { noCounts, openSeenStore } from '../../../src/store/index.ts';
import { ownSchema } from '../../support/postgres.ts';

test('a write that the server refuses in the middle of a transaction leaves nothing on its connection', async () => {
  const { url, schema, query } = await ownSchema();
  const pool = new Pool({ connectionString: url, max: 1, allowExitOnIdle: true });
  const store = await openSeenStore({ pool, schema });
  onTestFinished(async () => {
    await store.close();
    await pool.end();
  });
  await query(`ALTER TABLE ${schema}.seen_cycle ADD CONSTRAINT few CHECK (total < 5)`);
  const at = new Date();
  const cycle = { feed: 'filings', startedAt: at, finishedAt: at, ...noCounts };
  const { rows } = await pool.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  await expect(store.cycles.record({ ...cycle, total: 5 })).rejects.toThrow('few');
  // A connection that is ended instead costs the bot a new one for each refusal.
  expect(await query('SELECT state FROM pg_stat_activity WHERE pid = $1', [rows[0]?.pid])).toEqual([{ state: 'idle' }]);
  await store.cycles.record({ ...cycle, total: 4 });
  expect(await query(`SELECT total::int AS total FROM ${schema}.seen_cycle`)).toEqual([{ total: 4 }]);
});

test('a name that is too long for a key of the server is refused with the remedy', async () => {
  const { url, schema } = await ownSchema();
  const store = await openSeenStore({ url, schema });
  onTestFinished(() => store.close());
  const feed = randomBytes(8_000).toString('hex');
  await expect(store.claim(['a'], { feed })).rejects.toThrow(/too long for a key of PostgreSQL\. Choose a shorter one/);
  expect(await store.claim(['a'])).toHaveLength(1);
});
