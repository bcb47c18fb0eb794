import { randomBytes } from 'node:crypto';
import { onTestFinished } from 'vitest';

import { tableNames } from '../../src/store/postgres/tables.ts';
import { makeClockedSchema } from './clocked-pool.ts';
import { postgresUrl, schemaAt, type OwnSchema } from './postgres.ts';

/** Schemas of this worker that are empty, and that no test uses now. */
const idle: string[] = [];

/** The rows that the migrations leave in the tables. */
const firstRows = `
  INSERT INTO seen_token (value) VALUES (0);
  INSERT INTO seen_database (id) VALUES (replace(gen_random_uuid()::text, '-', ''));
  INSERT INTO seen_server (timeline, name, database, written_by)
    SELECT seen_timeline(), seen_server_name(), oid::text, pg_current_xact_id()::xid::text
    FROM pg_database WHERE datname = current_database();`;

/** Numbers are given from the first one again. */
const restart = `
  SELECT setval(seqrelid, seqstart, false) FROM pg_sequence JOIN pg_class ON pg_class.oid = seqrelid
    WHERE relnamespace = current_schema()::regnamespace;`;

const emptied = tableNames.filter((name) => name !== 'seen_migration');

/**
 * A schema in which a store has made its tables and nothing else, for the many tests that are not about how a new schema
 * is opened: emptying that of an earlier test is quicker than making one. Its clock is that of a clocked pool.
 */
export async function emptySchema(): Promise<OwnSchema> {
  const url = await postgresUrl();
  const schema = schemaAt(url, idle.pop() ?? (await makeSchema(url)));
  onTestFinished(() => recycle(schema));
  return schema;
}

/** The run drops all schemas with such a name when it ends. */
async function makeSchema(url: string): Promise<string> {
  const schema = `${process.env['SEEN_TEST_PG_SCHEMAS']}${randomBytes(6).toString('hex')}`;
  await makeClockedSchema(url, schema);
  return schema;
}

/** Drops a schema that a store has open, which may still write there, or had when it was killed. */
async function recycle({ schema, query }: OwnSchema): Promise<void> {
  const open = await query(`SELECT FROM ${schema}.seen_presence`);
  if (open.length > 0) return void (await query(`DROP SCHEMA ${schema} CASCADE`));
  const deletions = emptied.map((name) => `DELETE FROM ${name};`);
  // Statements that are sent together are one transaction.
  await query(`SET LOCAL search_path TO ${schema}; ${deletions.join(' ')} ${restart} ${firstRows}`);
  idle.push(schema);
}
