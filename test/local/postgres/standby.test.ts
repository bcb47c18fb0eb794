import { expect, onTestFinished, test } from 'vitest';

import { startPostgres, startProxy, startStandby } from '../../../local/postgres/index.ts';

test('a synchronous standby has all that its primary confirmed, and is followed by the next one', async () => {
  await using first = await startPostgres();
  await using second = await startStandby(first, { synchronous: true });
  await first.ask('CREATE TABLE kept AS SELECT 1 AS n');
  await expect(second.ask('CREATE TABLE other (n int)')).rejects.toThrow('read-only');
  await first.kill();
  await second.promote();
  await using third = await startStandby(second, { synchronous: true });
  await second.ask('INSERT INTO kept VALUES (2)');
  await second.kill();
  await third.promote();
  await third.ask('INSERT INTO kept VALUES (3)');
  expect(await third.ask('SELECT n FROM kept ORDER BY n')).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }]);
});

test('an asynchronous standby that is cut off lacks what its primary confirmed afterwards', async () => {
  const primary = await startPostgres();
  onTestFinished(() => primary.close());
  await using proxy = await startProxy(primary);
  await using standby = await startStandby(primary, { synchronous: false, through: proxy });
  await primary.ask('CREATE TABLE kept AS SELECT 1 AS n');
  await expect.poll(() => standby.ask("SELECT 1 FROM pg_class WHERE relname = 'kept'")).toHaveLength(1);
  proxy.swallow('both');
  await primary.ask('INSERT INTO kept VALUES (2)');
  await primary.kill();
  await standby.promote();
  expect(await standby.ask('SELECT n FROM kept')).toEqual([{ n: 1 }]);
  const [{ timeline } = {}] = await standby.ask('SELECT left(pg_walfile_name(pg_current_wal_lsn()), 8) AS timeline');
  expect(timeline).toBe('00000002');
});
