import { once } from 'node:events';
import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Client } from 'pg';

import { startPostgres, type LocalPostgres } from '../../local/postgres/index.ts';

/**
 * Offers the whole run one PostgreSQL server, which starts when the first test asks for it: most runs need none. With
 * `SEEN_TEST_PG_URL` in the environment, that one is used.
 */
export default async function setup(): Promise<() => Promise<void>> {
  let starting: Promise<LocalPostgres> | undefined;
  const desk = createServer((_request, response) => {
    starting ??= startPostgres();
    starting.then(
      (server) => response.end(server.url()),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
  desk.listen(0, '127.0.0.1');
  await once(desk, 'listening');
  process.env['SEEN_TEST_PG_DESK'] = `http://127.0.0.1:${(desk.address() as AddressInfo).port}`;
  const prefix = `seen_${randomBytes(4).toString('hex')}_`;
  process.env['SEEN_TEST_PG_SCHEMAS'] = prefix;
  return async () => {
    desk.close();
    await dropSchemas(process.env['SEEN_TEST_PG_URL'], prefix);
    // A failure to start was told to the tests that asked.
    const [started] = await Promise.allSettled([starting]);
    if (started.status === 'fulfilled') await started.value?.close();
  };
}

/** Leaves a server that goes on as it was. */
async function dropSchemas(url: string | undefined, prefix: string): Promise<void> {
  if (url === undefined) return;
  const client = new Client(url);
  await client.connect();
  const { rows } = await client.query('SELECT nspname FROM pg_namespace WHERE starts_with(nspname, $1)', [prefix]);
  for (const { nspname } of rows) await client.query(`DROP SCHEMA ${nspname} CASCADE`);
  await client.end();
}
