// How PostgreSQL finds rows in large tables: by an index, whatever it knows of them. `SEEN_TEST_PG_ROWS=1000000` makes
// them as large as those of a bot that has run for years.
import { Client } from 'pg';
import { expect, onTestFinished, test } from 'vitest';

import type { Claim } from '../../../src/store/index.ts';
import { ids } from '../../support/ids.ts';
import { ownSchema } from '../../support/postgres.ts';
import type { SentStatement } from '../../support/recorded-pool.ts';
import { openRecorded, type RecordedStore } from '../../support/recorded-store.ts';

const ROWS = Number(process.env['SEEN_TEST_PG_ROWS'] ?? 20_000);
const LARGE = ['seen', 'seen_item', 'seen_post'];

test('no statement of the claim lifecycle reads a whole table, however little PostgreSQL knows of it', async () => {
  const opened = await openRecorded(await ownSchema());
  const statements = await lifecycleOf(opened);
  expect(statements.length).toBeGreaterThan(15);
  const planner = await openPlanner(opened.schema.url, opened.schema.schema);
  await planner.fill();
  expect(await planner.readWhole(statements)).toEqual([]);
  await planner.run(`ANALYZE ${LARGE.join(', ')}`);
  expect(await planner.readWhole(statements)).toEqual([]);
  // As it would be if the tables had last been analysed with a handful of rows.
  await planner.run(`UPDATE pg_class SET relpages = 1, reltuples = 5
    WHERE relnamespace = current_schema()::regnamespace AND relname IN ('${LARGE.join("', '")}')`);
  expect(await planner.readWhole(statements)).toEqual([]);
});

/** The statements of the claim lifecycle, as the store sends them. */
async function lifecycleOf({ store, recorded }: RecordedStore): Promise<readonly SentStatement[]> {
  const batch = ids('item', 150);
  const { ledger } = store;
  return recorded.during(async () => {
    await store.filterUnseen(batch);
    await store.touch(batch);
    await store.markSeen(['marked']);
    await ledger.filterUnknown(batch);
    const claims = await store.claim(batch);
    await store.renew(claims);
    await store.release(claims.slice(0, 30));
    const waiting = await store.claimWaiting();
    const [one, other] = waiting as [Claim, Claim];
    await ledger.begin(one);
    await ledger.saveEnrichment(one, 'summary');
    await ledger.saveIntent(one, 'channel');
    await ledger.savePost(one, 'channel', 'message');
    await ledger.saveIntent(other, 'channel');
    await ledger.dropIntent(other, 'channel');
    await ledger.channelPosts(one, 'channel', ['message']);
    await store.isBehindOtherOwner(other);
    await ledger.backlog('default');
    await ledger.find('item-00001');
    await store.commit(claims.slice(30));
    await store.commit(claims.slice(0, 30)).catch(() => undefined);
    await store.fail(waiting, 'no');
    await ledger.failed();
    await ledger.retry(['item-00001']);
    await store.claim(['item-00001']);
  });
}

interface Plan {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly Filter?: string;
  readonly Plans?: readonly Plan[];
}

interface Planner {
  run(text: string): Promise<unknown>;
  /** Fills the tables, without telling PostgreSQL what is in them. */
  fill(): Promise<void>;
  /** The statements that read all of a large table. */
  readWhole(statements: readonly SentStatement[]): Promise<string[]>;
}

async function openPlanner(url: string, schema: string): Promise<Planner> {
  const client = new Client({
    connectionString: url,
    options: `-c search_path=${schema},pg_catalog -c max_parallel_workers_per_gather=0`,
  });
  await client.connect();
  onTestFinished(() => client.end());

  const plan = async ({ text, values }: SentStatement): Promise<Plan> => {
    const { rows } = await client.query<{ 'QUERY PLAN': readonly [{ readonly Plan: Plan }] }>(
      `EXPLAIN (FORMAT JSON) ${text}`,
      [...(values ?? [])],
    );
    const [explained] = rows;
    if (explained === undefined) throw new Error('there is no plan');
    return explained['QUERY PLAN'][0].Plan;
  };

  return {
    run: (text) => client.query(text),

    async fill() {
      await client.query(`ALTER TABLE seen_item SET (autovacuum_enabled = false);
        INSERT INTO seen SELECT 'old-' || lpad(n::text, 9, '0'), n FROM generate_series(1, ${ROWS}) AS n;
        INSERT INTO seen_item (id, feed, state, token, attempts, created_at, updated_at, place_token)
        SELECT 'old-' || lpad(n::text, 9, '0'), 'default', CASE WHEN n % 1000 = 0 THEN 'claimed' ELSE 'posted' END,
          n, 1, n, n, n FROM generate_series(1, ${ROWS}) AS n;
        INSERT INTO seen_post (item_id, channel_id, state, intent_at, message_id)
        SELECT 'old-' || lpad(n::text, 9, '0'), 'channel', 'posted', n, n::text FROM generate_series(1, ${ROWS}) AS n`);
    },

    async readWhole(statements) {
      const found: string[] = [];
      for (const statement of statements) {
        if (!/\.seen(?:_item|_post)?\b/.test(statement.text)) continue;
        const whole = wholeTables(await plan(statement));
        if (whole.length > 0) found.push(`${whole.join(', ')}: ${statement.text.slice(0, 200)}`);
      }
      return found;
    },
  };
}

function wholeTables(plan: Plan): string[] {
  if (isHighestToken(plan)) return [];
  const { 'Node Type': type, 'Relation Name': table = '', Plans: parts = [] } = plan;
  const isWhole = type === 'Seq Scan' && LARGE.includes(table);
  return [...(isWhole ? [table] : []), ...parts.flatMap(wholeTables)];
}

/** The highest token of all items is only looked for where somebody has emptied the table of the counter. */
function isHighestToken({ 'Node Type': type, Plans: parts = [] }: Plan): boolean {
  const [part] = parts;
  return type === 'Aggregate' && part?.['Relation Name'] === 'seen_item' && part.Filter === undefined;
}
