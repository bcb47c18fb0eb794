import { afterAll, describe } from 'vitest';

import { startPgbouncer } from '../../../local/postgres/index.ts';
import { clockedPool } from '../../support/clocked-pool.ts';
import { pgbouncer, postgresUrl, throughPort } from '../../support/postgres.ts';
import { describeGranting } from '../claims/granting.ts';
import { postgresAt } from './postgres.ts';

const direct = await postgresUrl();
const { hostname, port } = new URL(direct);

// All stores share one connection to the server: nothing that one leaves behind there escapes the others.
const bouncer = pgbouncer.missing
  ? undefined
  : await startPgbouncer({ host: hostname, port: Number(port || 5432) }, { settings: { default_pool_size: 1 } });
const url = throughPort(direct, bouncer?.port ?? 0);
afterAll(() => bouncer?.close());

describe.skipIf(pgbouncer.missing)(`claims${pgbouncer.note}`, () => {
  describeGranting(postgresAt('PostgreSQL behind PgBouncer in transaction mode', url, clockedPool));
});
