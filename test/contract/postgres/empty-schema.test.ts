// A schema that was emptied could hide a defect of the migrations, or carry something from one test into another.
import { expect, test } from 'vitest';

import { openSeenStore, silentLogger, systemClock, type SeenStore } from '../../../src/store/index.ts';
import { resolveSeenStoreOptions } from '../../../src/store/options.ts';
import { movableDatabase } from '../../../src/store/databases.ts';
import { importRows } from '../../../src/store/transfer/move.ts';
import { makeClockedSchema } from '../../support/clocked-pool.ts';
import { emptySchema } from '../../support/empty-schema.ts';
import { filledDatabase } from '../../support/filled-database.ts';
import { ownSchema, type OwnSchema } from '../../support/postgres.ts';

/** Each table's rows, but for what is another one in each database. */
async function rowsOf({ schema, query }: OwnSchema): Promise<Record<string, unknown>> {
  const tables = await query(
    'SELECT relname AS name FROM pg_class WHERE relnamespace = $1::text::regnamespace AND relkind = $2',
    [schema, 'r'],
  );
  const rows: Record<string, unknown> = {};
  for (const { name } of tables)
    rows[String(name)] = await query(
      `SELECT to_jsonb(kept) - 'applied_at' - 'written_by' - CASE WHEN $1 = 'seen_database' THEN 'id' ELSE '' END AS row,
         to_jsonb(kept) ->> 'written_by' = xmin::text AS is_original
       FROM ${schema}.${String(name)} AS kept ORDER BY row`,
      [name],
    );
  return rows;
}

/** Where each sequence is; null for one that has given no number yet. */
async function sequencesOf({ schema, query }: OwnSchema): Promise<readonly unknown[]> {
  const sequences = await query(
    'SELECT to_jsonb(pg_sequences) - $2 AS found FROM pg_sequences WHERE schemaname = $1 ORDER BY sequencename',
    [schema, 'schemaname'],
  );
  return sequences.map(({ found }) => found);
}

/** Everything else that a schema is made of. */
function definitionsOf({ schema, query }: OwnSchema): Promise<readonly Record<string, unknown>[]> {
  return query(
    `WITH class AS (SELECT * FROM pg_class WHERE relnamespace = $1::text::regnamespace)
     SELECT replace(definition, $1::text, '') AS definition FROM (
       SELECT concat_ws(' ', relname, relkind, attname, format_type(atttypid, atttypmod), attnotnull, attcollation,
         pg_get_expr(adbin, adrelid), reloptions)
       FROM class JOIN pg_attribute ON attrelid = class.oid
       LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum WHERE attnum > 0
       UNION ALL SELECT pg_get_indexdef(oid) FROM class WHERE relkind = 'i'
       UNION ALL SELECT concat_ws(' ', conrelid::regclass, conname, pg_get_constraintdef(oid))
       FROM pg_constraint WHERE connamespace = $1::text::regnamespace
       UNION ALL SELECT pg_get_triggerdef(pg_trigger.oid) FROM pg_trigger JOIN class ON tgrelid = class.oid
       UNION ALL SELECT pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = $1::text::regnamespace
     ) AS definitions (definition) ORDER BY replace(definition, $1::text, '') COLLATE "C"`,
    [schema],
  );
}

let recycled: string | undefined;
let leftOpen: SeenStore | undefined;

test('a schema that is to be emptied has something in each table, and has given numbers', async () => {
  const { url, schema, query } = await emptySchema();
  const options = resolveSeenStoreOptions({ url, schema }, {});
  await importRows(movableDatabase(await filledDatabase()), movableDatabase(options), { clock: systemClock });
  const store = await openSeenStore({ url, schema });
  await store.claim(['a']);
  await store.close();
  // The purge of its start has dropped the old one.
  await query(`INSERT INTO ${schema}.seen_loss (since, noticed_at) VALUES (1, 2)`);
  const filled = await rowsOf({ url, schema, query });
  expect(Object.keys(filled).filter((name) => (filled[name] as unknown[]).length === 0)).toEqual(['seen_presence']);
  const used = expect.objectContaining({ last_value: expect.any(Number) as number }) as unknown;
  expect(await sequencesOf({ url, schema, query })).toEqual([used, used]);
  recycled = schema;
});

test('a schema that was emptied is like one that was just made', async () => {
  const emptied = await emptySchema();
  expect(emptied.schema).toBe(recycled);
  const fresh = await ownSchema();
  await makeClockedSchema(fresh.url, fresh.schema);
  expect(await rowsOf(emptied)).toEqual(await rowsOf(fresh));
  expect(await sequencesOf(emptied)).toEqual(await sequencesOf(fresh));
  expect(await definitionsOf(emptied)).toEqual(await definitionsOf(fresh));
  expect(await definitionsOf(emptied)).not.toEqual([]);
});

test('a schema that a store is left open on is not used again', async () => {
  const { url, schema } = await emptySchema();
  recycled = schema;
  leftOpen = await openSeenStore({ url, schema, logger: silentLogger });
  expect(await leftOpen.isSeen('a')).toBe(false);
});

test('so the next test gets another one', async () => {
  const { schema, query } = await emptySchema();
  await leftOpen?.close();
  expect(schema).not.toBe(recycled);
  expect(await query('SELECT to_regnamespace($1) AS found', [recycled])).toEqual([{ found: null }]);
});
