import { existsSync } from 'node:fs';
import { describe, expect, onTestFinished, test } from 'vitest';

import { startPostgres } from '../../../local/postgres/index.ts';
import { ownSchema } from '../../support/postgres.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

describe('a PostgreSQL server on this machine', () => {
  test('keeps what was committed over a kill and each way to stop, on its own port', async () => {
    await using server = await startPostgres();
    await server.ask('CREATE TABLE kept (n int)');
    await server.kill();
    await server.start();
    await server.ask('INSERT INTO kept VALUES (1)');
    for (const mode of ['smart', 'fast', 'immediate'] as const) {
      await server.stop(mode);
      expect(server.isRunning).toBe(false);
      await server.start();
    }
    expect(await server.ask('SELECT n FROM kept')).toEqual([{ n: 1 }]);
    await server.close();
    expect(existsSync(server.folder)).toBe(false);
  });

  test('keeps the database in a folder that its caller named, with the settings of each start', async () => {
    const folder = temporaryFolder();
    const first = await startPostgres({ folder });
    await first.ask('CREATE DATABASE other');
    await first.close();
    const second = await startPostgres({ folder, settings: { max_connections: 42 } });
    onTestFinished(() => second.close());
    expect(await second.ask('SHOW max_connections')).toEqual([{ max_connections: '42' }]);
    expect(await second.ask("SELECT datname FROM pg_database WHERE datname = 'other'")).toHaveLength(1);
  });

  test('says with the words of its log why it does not start', async () => {
    const starting = startPostgres({ folder: temporaryFolder(), settings: { shared_buffers: 'many' } });
    await expect(starting).rejects.toThrow(/did not start in .*:\n.*invalid value for parameter "shared_buffers"/s);
  });
});

test('a test has a schema of its own on the server of the run, which sorts text as people do', async () => {
  const { schema, query } = await ownSchema();
  await query(`CREATE SCHEMA ${schema}`);
  await query(`CREATE TABLE ${schema}.words AS SELECT unnest($1::text[]) AS word`, [['B', 'a']]);
  expect(await query(`SELECT word FROM ${schema}.words ORDER BY word`)).toEqual([{ word: 'a' }, { word: 'B' }]);
});
