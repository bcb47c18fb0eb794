import { expect, test } from 'vitest';

import { openSeenStore, systemClock as clock } from '../../../src/store/index.ts';
import { resolveSeenStoreOptions, resolveSqliteOptions } from '../../../src/store/options.ts';
import { movableDatabase } from '../../../src/store/databases.ts';
import { moveRows } from '../../../src/store/transfer/move.ts';
import { transferTables } from '../../../src/store/transfer/tables.ts';
import { emptyDatabase } from '../../support/empty-database.ts';
import { rowsOf } from '../../support/filled-database.ts';
import { ids } from '../../support/ids.ts';
import { ownSchema, proxyTo } from '../../support/postgres.ts';
import { FastClock } from '../postgres/own-database.ts';

const items = transferTables.find(({ name }) => name === 'seen_item');
if (items === undefined) throw new Error('There is no such table.');

test('rows with large payloads are read and written a few at a time, there and back', async () => {
  const file = resolveSqliteOptions({ path: emptyDatabase() }, {});
  const store = await openSeenStore({ path: file.path });
  const payload = 'x'.repeat(900_000);
  await store.claim(
    ids('large', 6).map((id) => ({ id, payload })),
    { feed: 'news' },
  );
  await store.close();
  const { url, schema } = await ownSchema();
  const target = resolveSeenStoreOptions({ url, schema }, {});
  await moveRows(movableDatabase(file), movableDatabase(target), { clock });
  for (const options of [file, target]) {
    const source = await movableDatabase(options).openSource();
    expect((await source.read(items, null, 1_000)).length).toBeLessThanOrEqual(5);
    await source.close();
  }
  const back = resolveSqliteOptions({ path: emptyDatabase() }, {});
  const result = await moveRows(movableDatabase(target), movableDatabase(back), { clock });
  expect(result.changed).toBeGreaterThanOrEqual(6);
  expect(await rowsOf(back)).toEqual(await rowsOf(target));
});

test('a server that stops answering ends a transfer that reads from it, and does not keep it from closing', async () => {
  const { url, schema } = await ownSchema();
  const store = await openSeenStore({ url, schema });
  await store.close();
  const through = await proxyTo(url);
  const fast = new FastClock();
  const source = await movableDatabase(
    resolveSeenStoreOptions({ url: through.url, schema, clock: fast }, {}),
  ).openSource();
  through.proxy.swallow('both');
  fast.runAt(100);
  await expect(source.read(items, null, 10)).rejects.toThrow(/could not be read to its end: .*no answer within/);
  await source.close();
});
