import { Client } from 'pg';
import { expect, onTestFinished, test } from 'vitest';

import { ownSchema, pgbouncer, pgbouncerTo } from '../../support/postgres.ts';

test.skipIf(pgbouncer.missing)(
  `PgBouncer gives the transactions of one client to several servers, and those of two to one${pgbouncer.note}`,
  async () => {
    const url = await pgbouncerTo((await ownSchema()).url, { settings: { default_pool_size: 1 } });
    const clients = [new Client(url), new Client(url)];
    for (const client of clients) {
      onTestFinished(() => client.end());
      await client.connect();
    }
    const backends = await Promise.all(clients.map((client) => client.query('SELECT pg_backend_pid() AS pid')));
    expect(backends[0]?.rows).toEqual(backends[1]?.rows);
    // What a session keeps is another client's, too: that is what a store behind it must not rely on.
    await clients[0]?.query('SET lock_timeout = 4321');
    expect((await clients[1]?.query('SHOW lock_timeout'))?.rows).toEqual([{ lock_timeout: '4321ms' }]);
  },
);
