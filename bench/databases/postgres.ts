import { Client } from 'pg';
import { openSeenStore } from 'sapphire-plugin-seen/store';

import { startPostgres, type LocalPostgres } from '../../local/postgres/index.ts';
import { idSql } from './ids.ts';
import { CUT, NEVER_DAYS } from './sqlite.ts';

/** A server whose commits are on the disk when they return, as in production. */
export async function startServer(folder: string): Promise<LocalPostgres> {
  return await startPostgres({ folder, settings: { fsync: 'on', synchronous_commit: 'on', shared_buffers: '256MB' } });
}

/** Makes a database of ours with so many rows, and returns its URL. */
export async function buildPostgres(server: LocalPostgres, rows: number): Promise<string> {
  const name = `seen_${rows}`;
  await query(server.url('postgres'), `CREATE DATABASE ${name}`);
  const url = server.url(name);
  const store = await openSeenStore({ url, ttlDays: NEVER_DAYS });
  await store.close();
  await query(
    url,
    `INSERT INTO seen.seen (id, ts) SELECT ${postgresIdSql}, ${CUT} + n % 10000000 FROM generate_series(0, ${rows - 1}) AS n`,
  );
  await query(url, 'VACUUM ANALYZE');
  await query(url, 'CHECKPOINT');
  return url;
}

/** The expression of SQLite, in PostgreSQL's words. */
const postgresIdSql = idSql
  .replace(/^printf\('%010d-25-%06d', /, 'concat(lpad((')
  .replace(/, n \/ (\d+)\)$/, ")::text, 10, '0'), '-25-', lpad((n / $1)::text, 6, '0'))");

async function query(url: string, text: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query(text);
  await client.end();
}
