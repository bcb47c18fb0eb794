// A feed with more items waiting than a grant may look at, and what the work on items costs the table.
import { Client } from 'pg';
import { expect, onTestFinished, test } from 'vitest';

import { openSeenStore, type Claim } from '../../../src/store/index.ts';
import { ids } from '../../support/ids.ts';
import { ownSchema, type OwnSchema } from '../../support/postgres.ts';
import { openRecorded } from '../../support/recorded-store.ts';

const BACKLOG = 20_000;
const REACH = 5_000;

/** Puts items of the feed `default` into a ledger, the first of them due last. */
async function fillBacklog({ query, schema }: OwnSchema): Promise<void> {
  await query(`INSERT INTO ${schema}.seen_item
      (id, feed, state, token, attempts, created_at, updated_at, place_token, first_index)
    SELECT 'waiting-' || lpad(n::text, 6, '0'), 'default', 'claimed', n, 1, n, ${BACKLOG} - n, n, 0
    FROM generate_series(1, ${BACKLOG}) AS n`);
  await query(`ANALYZE ${schema}.seen_item`);
}

interface PlanNode {
  readonly 'Relation Name'?: string;
  readonly 'Actual Rows': number;
  readonly 'Actual Loops': number;
  readonly Plans?: readonly PlanNode[];
}

/** Rows of items that a plan has read. */
function itemsRead({ Plans: parts = [], ...node }: PlanNode): number {
  const own = node['Relation Name'] === 'seen_item' ? node['Actual Rows'] * node['Actual Loops'] : 0;
  return own + parts.reduce((sum, part) => sum + itemsRead(part), 0);
}

test('of a long backlog, a grant reads a bounded part, and takes those of it first that have been due for longest', async () => {
  const { store, schema, recorded } = await openRecorded(await ownSchema());
  await fillBacklog(schema);
  const sent = await recorded.during(async () => {
    const claims = await store.claimWaiting({ limit: 2 });
    expect(claims.map(({ id }) => id)).toEqual(['waiting-005000', 'waiting-004999']);
  });
  const { text = '', values = [] } = sent.find((statement) => statement.text.includes('candidate')) ?? {};
  const client = new Client({ connectionString: schema.url });
  await client.connect();
  onTestFinished(() => client.end());
  await client.query('BEGIN');
  const { rows } = await client.query<{ 'QUERY PLAN': readonly { readonly Plan: PlanNode }[] }>(
    `EXPLAIN (ANALYZE, FORMAT JSON) ${text}`,
    [...values],
  );
  await client.query('ROLLBACK');
  const read = itemsRead(rows[0]!['QUERY PLAN'][0]!.Plan);
  expect(read).toBeGreaterThan(REACH);
  expect(read).toBeLessThan(3 * REACH);
});

test('a grant chooses before it takes the counter, for which other feeds wait', async () => {
  const { store, schema } = await openRecorded(await ownSchema());
  await store.release(await store.claim(['first', 'second']));
  const client = new Client({ connectionString: schema.url });
  await client.connect();
  onTestFinished(() => client.end());
  await client.query(`BEGIN; SELECT FROM ${schema.schema}.seen_token FOR UPDATE`);
  const claims = store.claimWaiting({ limit: 1 });
  const waiting = "SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE $1";
  await expect.poll(() => schema.query(waiting, [`%${schema.schema}%`])).toHaveLength(1);
  await schema.query(`UPDATE ${schema.schema}.seen_item SET feed = 'another' WHERE id = 'second'`);
  await client.query('COMMIT');
  expect(await claims).toMatchObject([{ id: 'first' }]);
});

test('work on an item leaves the indexes alone until it ends', async () => {
  const { url, schema, query } = await ownSchema();
  const store = await openSeenStore({ url, schema });
  // Few enough for all their versions to fit in a page: transactions of other tests keep the server from pruning it.
  const batch = ids('item', 4);
  const claims = await store.claim(batch);
  await store.renew(claims);
  await store.release(claims, { error: '500' });
  const waiting = await store.claimWaiting();
  expect(waiting).toHaveLength(batch.length);
  const [claim] = waiting as [Claim];
  await store.ledger.begin(claim);
  await store.ledger.saveEnrichment(claim, 'summary');
  await store.ledger.saveIntent(claim, 'channel');
  await store.close();
  const counted = `SELECT n_tup_upd::int AS updates, n_tup_upd::int - n_tup_hot_upd::int AS elsewhere
    FROM pg_stat_user_tables WHERE schemaname = $1 AND relname = 'seen_item'`;
  // 4 renewals, releases and claims, and what is done with one of them.
  await expect.poll(() => query(counted, [schema])).toEqual([{ updates: 15, elsewhere: 0 }]);
});

test('claims are made at READ COMMITTED, whatever the default of the role is', async () => {
  const { url, schema, query } = await ownSchema();
  await (await openSeenStore({ url, schema })).close();
  const role = `${schema}_role`;
  await query(`CREATE ROLE ${role} LOGIN SUPERUSER PASSWORD 'secret'`);
  onTestFinished(async () => void (await query(`DROP ROLE ${role}`)));
  await query(`ALTER ROLE ${role} SET default_transaction_isolation = 'serializable'`);
  await query(`CREATE FUNCTION ${schema}.tell() RETURNS trigger LANGUAGE plpgsql AS
    'BEGIN NEW.last_error = current_setting(''transaction_isolation''); RETURN NEW; END'`);
  await query(`CREATE TRIGGER tell BEFORE INSERT ON ${schema}.seen_item
    FOR EACH ROW EXECUTE FUNCTION ${schema}.tell()`);
  const address = new URL(url);
  Object.assign(address, { username: role, password: 'secret' });
  const store = await openSeenStore({ url: address.href, schema });
  onTestFinished(() => store.close());
  expect(await store.claim(['a'])).toMatchObject([{ lastError: 'read committed' }]);
});
