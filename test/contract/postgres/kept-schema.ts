import { Client } from 'pg';

interface KeptTable {
  readonly name: string;
  readonly columns: string;
  readonly rows: string | null;
}

/**
 * Keeps what the tables of a schema hold now.
 *
 * @returns A function that puts it back, as the restore of a dump would.
 */
export async function keepSchema(url: string, schema: string): Promise<() => Promise<void>> {
  const tables = await withClient(url, async (client) => {
    const { rows } = await client.query<Pick<KeptTable, 'name' | 'columns'>>(
      `SELECT table_name AS name, string_agg(quote_ident(column_name), ', ' ORDER BY ordinal_position) AS columns
       FROM information_schema.columns WHERE table_schema = $1 AND is_generated = 'NEVER' GROUP BY table_name`,
      [schema],
    );
    const kept: KeptTable[] = [];
    for (const { name, columns } of rows) {
      const found = await client.query<{ rows: string | null }>(
        `SELECT json_agg(kept)::text AS rows FROM (SELECT ${columns} FROM ${schema}.${name}) AS kept`,
      );
      kept.push({ name, columns, rows: found.rows[0]?.rows ?? null });
    }
    return kept;
  });
  return () =>
    withClient(url, async (client) => {
      await client.query('BEGIN');
      await client.query(`TRUNCATE ${tables.map(({ name }) => `${schema}.${name}`).join(', ')}`);
      for (const { name, columns, rows } of tables) {
        await client.query(
          `INSERT INTO ${schema}.${name} (${columns})
           SELECT ${columns} FROM json_populate_recordset(null::${schema}.${name}, coalesce($1, '[]')::json)`,
          [rows],
        );
      }
      await client.query('COMMIT');
    });
}

async function withClient<Result>(url: string, work: (client: Client) => Promise<Result>): Promise<Result> {
  const client = new Client(url);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
