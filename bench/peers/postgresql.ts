import { userInfo } from 'node:os';
import { Client } from 'pg';

import { UnreachableError, type Peer } from './peer.ts';

/**
 * A table in PostgreSQL, asked for a whole batch with one prepared statement. It is a temporary one, which goes with the
 * connection.
 *
 * @throws {UnreachableError} when no server answers at `DATABASE_URL`, by default on this machine's own port 5432.
 */
export async function openPostgresql(ids: readonly string[]): Promise<Peer> {
  const connectionString = process.env['DATABASE_URL'] ?? `postgres://${userInfo().username}@127.0.0.1:5432/postgres`;
  const client = new Client({ connectionString, connectionTimeoutMillis: 1_000 });
  await client.connect().catch((error: unknown) => {
    throw new UnreachableError('PostgreSQL', 'DATABASE_URL', error);
  });
  await client.query('CREATE TEMP TABLE seen (id text COLLATE "C" PRIMARY KEY, ts bigint NOT NULL)');
  await client.query('INSERT INTO seen SELECT id, 0 FROM unnest($1::text[]) AS id', [ids]);
  await client.query('ANALYZE seen');
  // A plan made for these very ids reads all of so small a table, which takes four times as long.
  await client.query('SET plan_cache_mode = force_generic_plan');
  const text = 'SELECT id FROM unnest($1::text[]) AS id WHERE NOT EXISTS (SELECT FROM seen WHERE seen.id = id.id)';
  return {
    filterUnseen: async (batch) => {
      const { rows } = await client.query<{ id: string }>({ name: 'unseen', text, values: [batch] });
      return rows.map(({ id }) => id);
    },
    close: () => client.end(),
  };
}
