import { Client } from 'pg';
import { expect, onTestFinished, test } from 'vitest';

import type { Cut, PostgresProxy } from '../../../local/postgres/index.ts';
import { ownSchema, proxyTo, type OwnSchema } from '../../support/postgres.ts';

interface Setting {
  readonly own: OwnSchema;
  readonly proxy: PostgresProxy;
  readonly statements: readonly string[];
  /** @param limits In milliseconds. Default: long enough for a busy machine. */
  connect(limits?: { readonly connectMs?: number; readonly queryMs?: number }): Promise<Client>;
}

/** A table `n` in a schema of the test's own, and clients that reach it through a proxy. */
async function throughProxy(): Promise<Setting> {
  const own = await ownSchema();
  await own.query(`CREATE SCHEMA ${own.schema}`);
  await own.query(`CREATE TABLE ${own.schema}.n (n int)`);
  const statements: string[] = [];
  const { proxy, url } = await proxyTo(own.url, { onStatement: (statement) => statements.push(statement) });
  const connect: Setting['connect'] = async ({ connectMs = 30_000, queryMs = 30_000 } = {}) => {
    const client = new Client({ connectionString: url, connectionTimeoutMillis: connectMs, query_timeout: queryMs });
    client.on('error', () => undefined);
    onTestFinished(() => client.end());
    await client.connect();
    return client;
  };
  return { own, proxy, statements, connect };
}

const insert = ({ own }: Setting, client: Client, n: number) =>
  client.query(`INSERT INTO ${own.schema}.n VALUES ($1)`, [n]);
const inserted = async ({ own }: Setting): Promise<unknown[]> => {
  const rows = await own.query(`SELECT n FROM ${own.schema}.n ORDER BY n`);
  return rows.map(({ n }) => n);
};

test.each<[NonNullable<Cut['when']>, readonly number[]]>([
  ['before', [0]],
  ['executed', [0, 1]],
])('a connection that is cut when a statement was %s leaves what it did, and no answer', async (when, expected) => {
  const setting = await throughProxy();
  const client = await setting.connect();
  await insert(setting, client, 0);
  setting.proxy.cut({ matching: /INSERT/, when });
  await expect(insert(setting, client, 1)).rejects.toThrow(/terminated|ECONNRESET/);
  expect(await inserted(setting)).toEqual(expected);
});

test('a statement that was sent when its connection was cut is executed all the same', async () => {
  const setting = await throughProxy();
  const client = await setting.connect();
  setting.proxy.cut({ matching: /INSERT/, when: 'sent' });
  await expect(insert(setting, client, 1)).rejects.toThrow(/terminated|ECONNRESET/);
  await expect.poll(() => inserted(setting)).toEqual([1]);
});

test('the n-th COMMIT is cut, and others are not', async () => {
  const setting = await throughProxy();
  setting.proxy.cut({ matching: /^commit/i, nth: 2 });
  const client = await setting.connect();
  const commit = async (n: number): Promise<unknown> => {
    await client.query('BEGIN');
    await insert(setting, client, n);
    return client.query('COMMIT');
  };
  await commit(1);
  await expect(commit(2)).rejects.toThrow(/terminated|ECONNRESET/);
  expect(await inserted(setting)).toEqual([1, 2]);
  await insert(setting, await setting.connect(), 3);
  expect(setting.statements.filter((statement) => statement === 'COMMIT')).toHaveLength(2);
});

test.each(['requests', 'answers', 'both'] as const)(
  '%s that are swallowed leave their client waiting',
  async (lost) => {
    const setting = await throughProxy();
    const client = await setting.connect({ queryMs: 300 });
    setting.proxy.swallow(lost);
    await expect(insert(setting, client, 1)).rejects.toThrow('Query read timeout');
    await expect(setting.connect({ connectMs: 50 })).rejects.toThrow(/timeout/);
    await expect.poll(() => inserted(setting)).toEqual(lost === 'answers' ? [1] : []);
    setting.proxy.heal();
    await expect.poll(() => setting.proxy.connections).toBe(0);
    await insert(setting, await setting.connect(), 2);
  },
);

test('delayed statements are executed', async () => {
  const setting = await throughProxy();
  const client = await setting.connect();
  setting.proxy.delay(20);
  await insert(setting, client, 1);
  await insert(setting, client, 2);
  expect(await inserted(setting)).toEqual([1, 2]);
});

test('connections are dropped, refused, and taken again', async () => {
  const setting = await throughProxy();
  const client = await setting.connect();
  setting.proxy.refuse();
  await expect(setting.connect()).rejects.toThrow('ECONNREFUSED');
  await insert(setting, client, 1);
  setting.proxy.drop();
  await expect(insert(setting, client, 2)).rejects.toThrow(/terminated|ECONNRESET|not queryable/);
  await setting.proxy.accept();
  await insert(setting, await setting.connect(), 3);
  expect(await inserted(setting)).toEqual([1, 3]);
});

test('all go to another server once it is switched', async () => {
  const setting = await throughProxy();
  const client = await setting.connect();
  setting.proxy.switchTo({ port: 1 });
  await expect(insert(setting, client, 1)).rejects.toThrow(/terminated|ECONNRESET|not queryable/);
  await expect(setting.connect()).rejects.toThrow(/terminated|ECONNRESET|not queryable/);
  setting.proxy.switchTo({ port: Number(new URL(setting.own.url).port) });
  await insert(setting, await setting.connect(), 2);
});
