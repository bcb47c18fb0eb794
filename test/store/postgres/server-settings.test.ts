import { inspect } from 'node:util';
import { Client, Pool } from 'pg';
import { describe, expect, onTestFinished, test, vi } from 'vitest';

import { openSeenStore, SeenConfigError, type SeenStoreOptions } from '../../../src/store/index.ts';
import { resolveSeenStoreOptions } from '../../../src/store/options.ts';
import { locationOf } from '../../../src/store/postgres/server/location.ts';
import { ServerUrl } from '../../../src/store/server-url.ts';
import { emptyDatabase } from '../../support/empty-database.ts';
import { RecordingLogger } from '../../support/recording-logger.ts';

const URL_OF_SERVER = 'postgres://bob:s3cret@db.example:5432/bot';

function problem(options: SeenStoreOptions, env: Record<string, string> = {}): string {
  try {
    resolveSeenStoreOptions(options, env);
  } catch (error) {
    if (error instanceof SeenConfigError) return error.message;
    throw error;
  }
  return '';
}

describe('a URL of a server', () => {
  test.each([
    ['another scheme', 'mysql://bob:s3cret@h/d', 'url begins with mysql://, but must begin with postgres://'],
    ['the scheme of Java', 'jdbc:postgresql://h/d', 'begins with jdbc:postgresql://, but must'],
    ['the scheme of SQLAlchemy', 'postgresql+asyncpg://bob:s3cret@h/d', 'names a driver of Python'],
    ['no scheme', 'bob:s3cret@h:5432/d', 'names no scheme'],
    ['no slashes', 'postgres:h/d', 'lacks the two slashes'],
    ['nothing', ' ', 'is empty'],
    ['quotation marks', '"postgres://bob:s3cret@h/d"', 'quotation marks'],
    ['the name of a variable', 'DATABASE_URL=postgres://bob:s3cret@h/d', 'begins with DATABASE_URL='],
    ['settings of libpq', 'host=h password=s3cret dbname=d', 'list of settings'],
    ['a file', 'data/seen_ids.sqlite', 'SEEN_DB_PATH (path) names a file'],
    ['a file with a scheme', 'sqlite:///data/seen.db', 'SEEN_DB_PATH (path) names a file'],
    ['a variable of the shell', '$DATABASE_URL', 'only a shell'],
    ['no database', 'postgres://bob:s3cret@h', 'names no database'],
    ['no database behind a slash', 'postgres://bob:s3cret@h/', 'names no database'],
    ['a path', 'postgres://bob:s3cret@h/a/b', 'a slash in it'],
    ['several hosts', 'postgres://bob:s3cret@h1,h2/d', 'names several hosts'],
    ['several hosts with ports', 'postgres://bob:s3cret@h1:1,h2:2/d', 'names several hosts'],
    ['a # in the password', 'postgres://bob:s3#cret@h/d', 'write %23'],
    ['a / in the password', 'postgres://bob:s3/cret@h/d', 'write %2F for /'],
    ['a ? in the password', 'postgres://bob:s3?cret@h/d', 'write %2F for /, %3F for ?'],
    ['a % in the password', 'postgres://bob:s3%cret@h/d', 'write %25'],
    ['a % that makes no character', 'postgres://bob:s3%ff@h/d', 'write %25'],
    ['white space', 'postgres://bob:s3 cret@h/d', 'write %20'],
    ['a port that is none', 'postgres://bob:s3cret@h:port/d', 'a port that is no number'],
    ['a mode that does not exist', `${URL_OF_SERVER}?sslmode=required`, 'pg knows disable, no-verify'],
    ['a mode that pg does not know', `${URL_OF_SERVER}?sslmode=allow`, 'sslmode=allow'],
    ['an ssl that means the opposite', `${URL_OF_SERVER}?ssl=false`, 'Write sslmode=verify-full, or sslmode=disable'],
    ['the authorities of libpq', `${URL_OF_SERVER}?sslrootcert=system`, 'pg takes for a file. Take it out'],
    ['no authority to verify', `${URL_OF_SERVER}?uselibpqcompat=true&sslmode=verify-ca`, 'needs sslrootcert=FILE'],
    ['a schema', `${URL_OF_SERVER}?schema=public`, 'SEEN_DB_SCHEMA (schema) names it'],
  ])('with %s is refused, without its password', (_what, url, message) => {
    const told = problem({ url });
    expect(told).toContain(message);
    expect(told).not.toContain('s3');
  });

  test.each([
    'postgresql://bob:s3cret@db.example/bot',
    'postgres://db.example/bot',
    'postgres://bob:p@ss,wo:rd@db.example/bot',
    'postgres://bob:%23%25%2F@[::1]:5432/bot?sslmode=verify-full',
    'postgres://bob@/bot?host=/var/run/postgresql',
    'postgres://bob@h/bot?uselibpqcompat=true&sslmode=verify-ca&sslrootcert=ca.pem',
    ' postgres://bob@h/bot?sslmode=require&channel_binding=require\n',
  ])('%j is taken', (url) => {
    expect(problem({ url })).toBe('');
  });

  test('is shown without its user and password, however one looks', () => {
    const options = resolveSeenStoreOptions({ url: URL_OF_SERVER }, {});
    const location = 'server' in options ? locationOf(options) : '';
    expect(location).toBe('postgres://db.example:5432/bot, schema seen');
    for (const text of [inspect(options, { depth: 9, showHidden: true }), JSON.stringify(options), location]) {
      expect(text).not.toMatch(/s3cret|bob/);
    }
  });

  test('given as an object or a number is refused', () => {
    expect(problem({ url: new URL(URL_OF_SERVER) as never })).toContain('Pass url.href');
    expect(problem({ url: 5 as never })).toBe('url must be a string, but is 5.');
  });
});

describe('the variables', () => {
  test('name a server, or a file where that one is blank', () => {
    expect(resolveSeenStoreOptions({}, { SEEN_DB_URL: URL_OF_SERVER })).toMatchObject({ serverSetting: 'SEEN_DB_URL' });
    expect(resolveSeenStoreOptions({}, { SEEN_DB_URL: ' ' })).toMatchObject({ path: 'data/seen_ids.sqlite' });
  });

  test('of a bot that has moved may still name the file', () => {
    const env = { SEEN_DB_URL: URL_OF_SERVER, SEEN_DB_PATH: 'data/seen_ids.sqlite' };
    expect(resolveSeenStoreOptions({}, env)).toMatchObject({ hidesPath: true, schema: 'seen' });
  });

  test('yield to an option that names a file', () => {
    expect(resolveSeenStoreOptions({ path: 'x.sqlite' }, { SEEN_DB_URL: URL_OF_SERVER })).toMatchObject({
      path: 'x.sqlite',
    });
  });

  test('that yield are told of once, since other machines do not share the file', async () => {
    vi.stubEnv('SEEN_DB_URL', URL_OF_SERVER);
    onTestFinished(() => void vi.unstubAllEnvs());
    const logger = new RecordingLogger();
    const store = await openSeenStore({ path: emptyDatabase(), logger });
    await store.close();
    expect(logger.of('seen_store_url_unused')).toMatchObject([{ level: 'warn' }]);
  });

  test('that are mixed up are told apart', () => {
    expect(problem({}, { SEEN_DB_PATH: URL_OF_SERVER })).toContain('SEEN_DB_URL (url) names a database of PostgreSQL');
    expect(problem({}, { SEEN_DB_URL: './seen.sqlite' })).toMatch(/^SEEN_DB_URL is a file.*SEEN_DB_PATH/);
  });

  test('set the schema as well', () => {
    const env = { SEEN_DB_URL: URL_OF_SERVER, SEEN_DB_SCHEMA: 'bots' };
    expect(resolveSeenStoreOptions({}, env)).toMatchObject({ schema: 'bots' });
    expect(problem({}, { ...env, SEEN_DB_SCHEMA: 'pg_bots' })).toMatch(/^SEEN_DB_SCHEMA is 'pg_bots', a name that/);
  });
});

test.each([
  ['', 'is empty'],
  ['pg_seen', 'keeps for itself'],
  ['information_schema', 'keeps for itself'],
  ['"seen"', 'Write it without'],
  [' seen', 'Write it without'],
  ['ä'.repeat(32), 'has 64 bytes'],
  [5 as never, 'must be a string'],
])('a schema of the name %j is refused', (schema, message) => {
  expect(problem({ url: URL_OF_SERVER, schema })).toContain(message);
});

test.each(['seen', 'My Schema', 'select', 'ä'.repeat(31)])('a schema of the name %j is taken', (schema) => {
  expect(problem({ url: URL_OF_SERVER, schema })).toBe('');
});

describe('a pool', () => {
  test.each([
    ['a URL', URL_OF_SERVER as never, 'is a string'],
    ['what a thread was sent of one', { options: { password: 's3cret' } } as never, 'has no method connect, on, off'],
    ['a connection', new Client() as never, 'is a single connection'],
  ])('that is %s is refused', (_what, pool, message) => {
    expect(problem({ pool })).toContain(message);
    expect(problem({ pool })).toContain('cannot be sent to a worker thread');
    expect(problem({ pool })).not.toContain('s3cret');
  });

  test('beside a URL or a path is refused', () => {
    expect(problem({ pool: new Pool(), url: URL_OF_SERVER })).toContain('give one of them');
    expect(problem({ path: 'x.sqlite', url: URL_OF_SERVER })).toContain('give one of them');
  });
});

test('a URL reveals its password to the driver alone', () => {
  const url = ServerUrl.require('url', ` ${URL_OF_SERVER} `);
  expect(url.reveal()).toBe(URL_OF_SERVER);
  expect(String(url)).toBe('postgres://db.example:5432/bot');
});
