// Bots whose store is in PostgreSQL, on a server of this machine: without the package `pg`, with its newest version, and
// with the oldest that is promised.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { findOpenssl, startPostgres, startTlsPostgres } from '../../local/postgres/index.ts';
import manifest from '../../package.json' with { type: 'json' };
import { CaseSkipped, type ConsumerCase, type ConsumerContext } from '../case.ts';
import { runCommand } from '../support/command.ts';
import { botPackages, placeBot } from '../support/project.ts';
import { liveTwice } from '../support/two-lives.ts';
import { checking } from './types.ts';

const withDriver = [...botPackages, 'pg@8'];

/** The version with which the range of `peerDependencies` begins, with its own packages as a lockfile of then has them. */
const oldestDriver = [
  `pg@${/\d+\.\d+\.\d+/.exec(manifest.peerDependencies.pg)?.[0]}`,
  'pg-connection-string@2.6.0',
  'pg-pool@3.6.0',
  'pg-protocol@1.6.0',
];
const withOldestDriver = [...botPackages, ...oldestDriver];

/** A case in which a bot lives twice on a new server. */
function living(name: string, variable: string, packages = withDriver): ConsumerCase {
  async function run(context: ConsumerContext): Promise<undefined> {
    await placeBot('on-postgres', packages, context);
    await using server = await startPostgres();
    await liveTwice({ args: [join(context.folder, 'main.js')], ...context, env: { [variable]: server.url() } });
  }
  return { group: 'postgres', name, isQuick: false, run };
}

/** A case in which a program opens a store, and ends by itself. */
function opening(name: string, program: string, lines: readonly string[], packages = withDriver): ConsumerCase {
  async function run(context: ConsumerContext): Promise<undefined> {
    await placeBot('lent-pool', packages, context);
    await using server = await startPostgres();
    await open(program, lines, server.url(), context);
  }
  return { group: 'postgres', name, isQuick: false, run };
}

/** A case in which it does so on a server that takes its user with TLS only. */
function openingWithTls(name: string, packages: readonly string[]): ConsumerCase {
  async function run(context: ConsumerContext): Promise<undefined> {
    if (findOpenssl() === undefined) throw new CaseSkipped('no openssl');
    await placeBot('lent-pool', packages, context);
    await using tls = await startTlsPostgres({ access: ['hostssl all bot all trust'] });
    await tls.server.ask('CREATE ROLE bot LOGIN; GRANT CREATE ON DATABASE postgres TO bot');
    const place = `postgres://bot@localhost:${tls.server.port}/postgres`;
    const { certificate } = tls.authority;
    await open('store.cjs', BY_URL_AND_POOL, `${place}?sslmode=verify-full&sslrootcert=${certificate}`, context);
    const refused = open('store.cjs', BY_URL_AND_POOL, `${place}?sslmode=verify-full`, context);
    await assert.rejects(refused, /its certificate is from an authority that is not known here/);
  }
  return { group: 'postgres', name, isQuick: false, run };
}

/** The lines of `store.cjs`. */
const BY_URL_AND_POOL = ['["b"]', '["b"]'];

async function open(
  program: string,
  lines: readonly string[],
  url: string,
  { folder, signal }: ConsumerContext,
): Promise<void> {
  const env = { DATABASE_URL: url };
  const { stdout, stderr } = await runCommand(process.execPath, [program], { folder, signal, env });
  assert.deepEqual(stdout.trim().split('\n'), lines);
  assert.equal(stderr, '');
}

async function withoutDriver(context: ConsumerContext): Promise<undefined> {
  const { folder, signal } = context;
  await placeBot('on-postgres', botPackages, context);
  const env = { SEEN_DB_URL: 'postgres://bob:s3cret@localhost/bot', DISCORD_TOKEN: 'MTA.token.value' };
  const started = runCommand(process.execPath, ['main.js'], { folder, signal, env });
  await assert.rejects(started, (error: Error) => {
    assert.match(error.message, /it needs the package pg, which is not installed\. Install it: npm install pg@8/);
    assert.match(error.message, /\b1\b/);
    assert.doesNotMatch(error.message, /s3cret|bob/);
    return true;
  });
}

/** The lines of `mistaken.ts` that must not compile. */
const MISTAKE =
  /^mistaken\.ts\(4,\d+\): error TS2769|^mistaken\.ts\(4,\d+\): error TS2322|^mistaken\.ts\(4,\d+\): error TS2741/;

async function types(context: ConsumerContext): Promise<undefined> {
  const { folder, signal } = context;
  await placeBot(
    'lent-pool',
    [...withDriver, '@types/pg@8', '@types/node@24', 'typescript-5.9@npm:typescript@5.9'],
    context,
  );
  const compilerOptions = { strict: true, noEmit: true, module: 'nodenext', target: 'es2022', types: ['node'] };
  writeFileSync(
    join(folder, 'tsconfig.json'),
    JSON.stringify({ compilerOptions, files: ['correct.ts', 'mistaken.ts'] }),
  );
  const script = '"$@" || [ $? -le 2 ]';
  const compiler = ['-c', script, 'sh', process.execPath, ...checking('typescript-5.9', 'own')];
  const { stdout } = await runCommand('sh', compiler, { folder, signal });
  const errors = stdout.split('\n').filter((line) => / error TS\d+: /.test(line));
  assert.deepEqual(
    errors.filter((error) => !MISTAKE.test(error)),
    [],
  );
  assert.equal(errors.length, 1, 'A single connection is no pool');
}

export const postgresCases: readonly ConsumerCase[] = [
  { group: 'postgres', name: 'a bot without pg says what to install', isQuick: false, run: withoutDriver },
  living('a bot at SEEN_DB_URL posts each item once', 'SEEN_DB_URL'),
  living("a bot at an option's URL posts each item once", 'URL_AS_OPTION'),
  opening("a program's own pool, in ES modules", 'store.mjs', ['["b"]']),
  living('a bot at SEEN_DB_URL posts each item once, with the oldest pg', 'SEEN_DB_URL', withOldestDriver),
  opening("a URL and a program's own pool, in CommonJS", 'store.cjs', BY_URL_AND_POOL),
  opening("a URL and a program's own pool, with the oldest pg", 'store.cjs', BY_URL_AND_POOL, withOldestDriver),
  openingWithTls("a URL and a program's own pool, over TLS", withDriver),
  openingWithTls("a URL and a program's own pool, over TLS with the oldest pg", withOldestDriver),
  { group: 'postgres', name: 'the types of a pool', isQuick: false, run: types },
];
