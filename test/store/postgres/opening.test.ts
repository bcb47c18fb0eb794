import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';

import { Client, Pool } from 'pg';
import { describe, expect, onTestFinished, test, vi } from 'vitest';

import { startPostgres } from '../../../local/postgres/index.ts';
import { openSeenStore, SeenStoreOpenError } from '../../../src/store/index.ts';
import { resolvePostgresOptions } from '../../../src/store/options.ts';
import { migratePostgres } from '../../../src/store/postgres/migrate.ts';
import { SCHEMA_VERSION } from '../../../src/store/postgres/server/migrations.ts';
import { ownSchema, type OwnSchema } from '../../support/postgres.ts';
import { RecordingLogger } from '../../support/recording-logger.ts';
import { errorOf, openDatabase } from './own-database.ts';

async function refusal(options: Parameters<typeof openSeenStore>[0]): Promise<string> {
  const error = await errorOf(openSeenStore(options));
  expect(error).toBeInstanceOf(SeenStoreOpenError);
  expect(`${error.stack} ${(error.cause as Error)?.stack}`).not.toMatch(/s3cret|unbekannt/);
  return error.message;
}

/** The address of the server as another user. */
function as(url: string, user: string): string {
  const other = new URL(url);
  other.username = user;
  other.password = 's3cret';
  return other.href;
}

/** A user that is dropped when the schema is. */
async function newUser({ schema, query }: OwnSchema): Promise<string> {
  const user = `u_${schema}`;
  await query(`CREATE ROLE ${user} LOGIN PASSWORD 's3cret'`);
  return user;
}

async function dropUser({ query, schema }: OwnSchema): Promise<void> {
  await query(`DROP SCHEMA IF EXISTS ${schema} CASCADE; DROP ROLE u_${schema}`);
}

describe('what is wrong is told in a sentence', () => {
  test.each([
    ['no server', 'postgres://bob:s3cret@127.0.0.1:1/bot', 'nothing listens at that address'],
    ['no host', 'postgres://bob:s3cret@nowhere.invalid/bot', 'the name of its host'],
  ])('for %s, once the wait is over', async (_what, url, reason) => {
    const logger = new RecordingLogger();
    expect(await refusal({ url, busyTimeoutMs: 50, logger })).toContain(reason);
    expect(JSON.stringify(logger.lines)).not.toMatch(/s3cret|bob/);
  });

  test('for a database that does not exist, at once', async () => {
    const { url } = await ownSchema();
    const other = new URL(url);
    other.pathname = '/nope';
    expect(await refusal({ url: other.href })).toContain('the server has no such database');
  });

  test('for TLS that the server has not, at once', async () => {
    const { url } = await ownSchema();
    expect(await refusal({ url: `${url}?sslmode=verify-full` })).toContain('the server has no TLS');
  });

  test('for TLS of a mode that pg takes for another, without a warning of its own', async () => {
    const { url } = await ownSchema();
    const warnings: string[] = [];
    const note = (warning: Error): void => void warnings.push(warning.message);
    process.on('warning', note);
    expect(await refusal({ url: `${url}?sslmode=require` })).toContain('the server has no TLS');
    process.off('warning', note);
    expect(warnings).toEqual([]);
  });

  test('for a certificate that is not there, at once', async () => {
    const { url } = await ownSchema();
    const message = await refusal({ url: `${url}?sslrootcert=/no/such/ca.pem` });
    expect(message).toContain('a file that sslrootcert, sslcert or sslkey names cannot be read');
    expect(message).toContain('/no/such/ca.pem');
  });

  test('for a user who does not exist, without the name', async () => {
    const { url } = await ownSchema();
    expect(await refusal({ url: as(url, 'unbekannt') })).toContain('the server does not let this user in');
  });

  test('for a schema that a newer version made', async () => {
    const { url, schema, query } = await ownSchema();
    await openDatabase({ url, schema });
    await query(`INSERT INTO ${schema}.seen_migration VALUES (99, 0)`);
    expect(await refusal({ url, schema })).toContain('was made by a newer sapphire-plugin-seen (99 steps');
  });

  test("for a schema with another program's tables, which stay as they are", async () => {
    const { url, schema, query } = await ownSchema();
    await query(`CREATE SCHEMA ${schema}; CREATE TABLE ${schema}.seen (what text)`);
    expect(await refusal({ url, schema })).toContain(
      'tables of these names already, which this program did not make: seen.',
    );
    expect(await query(`SELECT * FROM ${schema}.seen`)).toEqual([]);
  });

  test('for a table that is gone', async () => {
    const { url, schema, query } = await ownSchema();
    await openDatabase({ url, schema });
    await query(`DROP TABLE ${schema}.seen_item`);
    expect(await refusal({ url, schema })).toContain('lacks seen_item');
  });

  test('for a user whose transactions only read', async () => {
    const { url, schema } = await ownSchema();
    const readOnly = `${url}?options=-c%20default_transaction_read_only%3Don`;
    expect(await refusal({ url: readOnly, schema })).toContain('the server only reads');
  });

  test('for a database that cannot hold all characters', async () => {
    const { url, schema, query } = await ownSchema();
    await query(
      `CREATE DATABASE ${schema} ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C' LOCALE_PROVIDER libc TEMPLATE template0`,
    );
    const latin = new URL(url);
    latin.pathname = `/${schema}`;
    expect(await refusal({ url: latin.href })).toContain('its encoding is LATIN1');
    await query(`DROP DATABASE ${schema} WITH (FORCE)`);
  });
});

describe('migrations', () => {
  test('are made once by ten programs that open an empty database at the same time', async () => {
    const { url, schema, query } = await ownSchema();
    await Promise.all(Array.from({ length: 10 }, () => openDatabase({ url, schema })));
    expect(await query(`SELECT version FROM ${schema}.seen_migration`)).toHaveLength(SCHEMA_VERSION);
  });

  test('can be made apart, and say from where to where', async () => {
    const { url, schema } = await ownSchema();
    const location = expect.stringContaining(`schema ${schema}`);
    expect(await migratePostgres(resolvePostgresOptions({ url, schema }, {}))).toEqual({
      from: 0,
      to: SCHEMA_VERSION,
      location,
    });
    expect(await migratePostgres(resolvePostgresOptions({ url, schema }, {}))).toEqual({
      from: SCHEMA_VERSION,
      to: SCHEMA_VERSION,
      location,
    });
  });

  test('leave a schema of any name', async () => {
    const { url, schema, query } = await ownSchema();
    const odd = `${schema} "Ä`.replace('"', '');
    await openDatabase({ url, schema: odd });
    expect(await query(`SELECT * FROM "${odd}".seen`)).toEqual([]);
    await query(`DROP SCHEMA "${odd}" CASCADE`);
  });
});

describe('a user with few rights', () => {
  test('who may not make tables is told how to go on', async () => {
    const own = await ownSchema();
    const user = await newUser(own);
    const url = as(own.url, user);
    expect(await refusal({ url, schema: own.schema })).toMatch(
      /may not make or change the tables.*seen migrate.*OWNER TO the_bot/,
    );
    await dropUser(own);
  });

  test('works in a schema that was made for it', async () => {
    const own = await ownSchema();
    const user = await newUser(own);
    await own.query(`CREATE SCHEMA ${own.schema} AUTHORIZATION ${user}`);
    const database = await openDatabase({ url: as(own.url, user), schema: own.schema });
    expect(await database.run('isSeen', (session) => session.rows(`SELECT * FROM ${database.tables.seen}`))).toEqual(
      [],
    );
    await database.close();
    await dropUser(own);
  });

  test('is told what to grant, and works with that and no more', async () => {
    const own = await ownSchema();
    const user = await newUser(own);
    const { schema, query } = own;
    const url = as(own.url, user);
    await migratePostgres(resolvePostgresOptions({ url: own.url, schema }, {}));
    const first = await refusal({ url, schema });
    expect(first).toContain(`may not use the schema "${schema}"`);
    await query(
      `GRANT USAGE ON SCHEMA ${schema} TO ${user}; GRANT SELECT ON ALL TABLES IN SCHEMA ${schema} TO ${user}`,
    );
    const second = await refusal({ url, schema });
    expect(second).toContain('may not use seen, seen_coverage');
    for (const grant of grantsIn(second, user)) await query(grant);
    const store = await openSeenStore({ url, schema });
    await store.markSeen('a');
    expect(await store.isSeen('a')).toBe(true);
    await store.close();
    await dropUser(own);
  });
});

function grantsIn(message: string, user: string): string[] {
  return (message.match(/GRANT [^;.]+/g) ?? []).map((grant) => grant.replace('the_bot', user));
}

/** Lets everybody in, and ends the session in the same breath. */
async function startAbruptServer(): Promise<string> {
  const message = (type: string, body: string): Buffer => {
    const length = Buffer.alloc(4);
    length.writeInt32BE(body.length + 4);
    return Buffer.concat([Buffer.from(type), length, Buffer.from(body)]);
  };
  const ending = 'SFATAL\0VFATAL\0C57P01\0Mterminating connection\0\0';
  const answer = Buffer.concat([message('R', '\0\0\0\0'), message('Z', 'I'), message('E', ending)]);
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => socket.end(answer));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return `postgres://bob:s3cret@127.0.0.1:${(server.address() as AddressInfo).port}/bot`;
}

test.each([
  ['a URL', (url: string) => ({ url })],
  ["the bot's pool", (connectionString: string) => ({ pool: new Pool({ connectionString }) })],
])('a session that ends right after its start does not end the process: %s', async (_what, optionsFor) => {
  const logger = new RecordingLogger();
  const url = await startAbruptServer();
  await refusal({ ...optionsFor(url), busyTimeoutMs: 600, logger });
  // It was tried again.
  expect(logger.of('seen_store_unreachable')).toHaveLength(1);
});

describe('a server that is not there yet', () => {
  test('is waited for', async () => {
    await using server = await startPostgres();
    const url = server.url();
    await server.stop();
    const logger = new RecordingLogger();
    const opening = openDatabase({ url, logger });
    await expect.poll(() => logger.of('seen_store_unreachable')).toHaveLength(1);
    await server.start();
    const database = await opening;
    expect(logger.of('seen_store_reachable')).toHaveLength(1);
    await database.close();
  });

  test('and one whose connections are all in use', async () => {
    await using server = await startPostgres({
      settings: { max_connections: 5, superuser_reserved_connections: 0, reserved_connections: 0 },
    });
    const url = server.url();
    await openDatabase({ url }).then((database) => database.close());
    const others = Array.from({ length: 5 }, () => new Client(url));
    for (const other of others) await other.connect();
    const logger = new RecordingLogger();
    const opening = openDatabase({ url, logger });
    await expect.poll(() => logger.of('seen_store_unreachable')).toHaveLength(1);
    expect(logger.of('seen_store_unreachable')[0]?.fields).toMatchObject({
      code: '53300',
      reason: expect.stringContaining('has no connection left'),
    });
    for (const other of others) await other.end();
    await (await opening).close();
  });
});

test('a bot that has moved is told that its file is not used', async () => {
  const { url, schema } = await ownSchema();
  const logger = new RecordingLogger();
  vi.stubEnv('SEEN_DB_URL', url);
  vi.stubEnv('SEEN_DB_PATH', 'data/seen_ids.sqlite');
  const store = await openSeenStore({ schema, logger });
  vi.unstubAllEnvs();
  await store.close();
  expect(logger.of('seen_store_path_unused')).toHaveLength(1);
});
