import { copyFileSync, existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { describe, expect, onTestFinished, test } from 'vitest';

import { SeenStoreError, type SeenStore } from '../../src/store/index.ts';
import { fillDatabase, newDatabasePath, openStore } from '../support/database-file.ts';
import { ids } from '../support/ids.ts';
import { RecordingLogger } from '../support/recording-logger.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** A store whose folder was removed, before or after it has written. */
async function storeWithoutFolder(written: boolean): Promise<{ path: string; store: SeenStore }> {
  const path = join(temporaryFolder(), 'data', 'seen_ids.sqlite');
  await fillDatabase(path, ['before']);
  const store = await openStore(path);
  if (written) await store.markSeen('before too');
  rmSync(dirname(path), { recursive: true });
  return { path, store };
}

function integrityOf(path: string): unknown {
  const db = new BetterSqlite3(path, { readonly: true });
  onTestFinished(() => void db.close());
  return db.pragma('integrity_check', { simple: true });
}

function executeIn(path: string, sql: string): void {
  const db = new BetterSqlite3(path);
  db.exec(sql);
  db.close();
}

const aroundFirstWrite = [
  ['before', false],
  ['after', true],
] as const;

describe('a file that goes away under the store', () => {
  test('a deleted file is written anew with all that it held, and one line says so', async () => {
    const path = newDatabasePath();
    const logger = new RecordingLogger();
    const store = await openStore(path, logger);
    await store.markSeen(ids('before', 200));
    for (const suffix of ['', '-wal', '-shm']) rmSync(`${path}${suffix}`, { force: true });
    await store.markSeen('after');
    await store.markSeen('later');
    expect(logger.of('seen_store_file_moved')).toMatchObject([{ level: 'error', fields: { path } }]);
    expect(await store.filterUnseen([...ids('before', 200), 'after', 'later', 'new'])).toEqual(['new']);
    await store.close();
    const next = await openStore(path);
    expect(await next.filterUnseen([...ids('before', 200), 'after', 'later', 'new'])).toEqual(['new']);
  });

  test('a file that is deleted before the first write is restored as it was read', async () => {
    const path = newDatabasePath();
    await fillDatabase(path, ids('before', 50));
    const logger = new RecordingLogger();
    const store = await openStore(path, logger);
    expect(await store.isSeen('before-00001')).toBe(true);
    rmSync(path);
    await store.markSeen('after');
    expect(await store.filterUnseen([...ids('before', 50), 'after', 'new'])).toEqual(['new']);
    expect(logger.of('seen_store_file_moved')).toHaveLength(1);
    await store.close();
    expect(await (await openStore(path)).filterUnseen([...ids('before', 50), 'after', 'new'])).toEqual(['new']);
  });

  test('the log of a file that is deleted without it is not taken for the restored file’s', async () => {
    const path = newDatabasePath();
    const kept = ids('kept', 6_000);
    const first = await openStore(path);
    await first.markSeen(ids('forgotten', 6_000), 1);
    await first.markSeen(kept);
    // A copy is laid out anew, so it differs from the file page by page.
    await first.purge({ olderThan: new Date(10_000) });
    await first.close();
    const store = await openStore(path);
    await store.markSeen(ids('late', 300));
    rmSync(path);
    await store.markSeen('after');
    const other = await openStore(path);
    await other.markSeen('from another');
    const all = [...kept, ...ids('late', 300), 'after', 'from another'];
    expect(await other.filterUnseen([...all, 'new'])).toEqual(['new']);
    expect(await other.stats()).toMatchObject({ rows: all.length });
    await Promise.all([store.close(), other.close()]);
    expect(integrityOf(path)).toBe('ok');
    expect(await (await openStore(path)).filterUnseen([...all, 'new'])).toEqual(['new']);
  });

  test.each(aroundFirstWrite)(
    'a file that is deleted with its folder %s the first write is restored',
    async (_, written) => {
      const { path, store } = await storeWithoutFolder(written);
      await store.markSeen('after');
      await store.close();
      const all = ['before', ...(written ? ['before too'] : []), 'after', 'new'];
      expect(await (await openStore(path)).filterUnseen(all)).toEqual(['new']);
    },
  );

  test.each(aroundFirstWrite)(
    'each write says so while a file that went %s the first write cannot be restored',
    async (_, written) => {
      const { path, store } = await storeWithoutFolder(written);
      writeFileSync(dirname(path), 'a file in the place of the folder');
      const writes = await Promise.allSettled([store.markSeen('a'), store.claim(['b'])]);
      for (const write of writes) expect(write).toMatchObject({ status: 'rejected', reason: { code: 'SEEN_STORE' } });
      await expect(store.markSeen('c')).rejects.toThrow(SeenStoreError);
      expect(await store.isSeen('before')).toBe(true);
      rmSync(dirname(path));
      await store.markSeen('after');
      expect(await store.filterUnseen(['before', 'after'])).toEqual([]);
    },
  );

  test.each<[what: string, put: (path: string) => void | Promise<void>]>([
    ['an empty file', (path) => writeFileSync(path, '')],
    ['no database', (path) => writeFileSync(path, 'no database, but long enough to look like one\n'.repeat(40))],
    ['half a download', (path) => writeFileSync(path, readFileSync(`${path}.copy`).subarray(0, 9_000))],
    ['a database of another program', (path) => executeIn(path, 'CREATE TABLE notes (text)')],
    [
      'a database whose table seen cannot be used',
      (path) => executeIn(path, 'CREATE TABLE seen (id TEXT, ts INTEGER)'),
    ],
  ])('%s that is put in the place of the file is renamed, and the file restored', async (_, put) => {
    const path = newDatabasePath();
    await fillDatabase(path, ids('before', 2_000));
    copyFileSync(path, `${path}.copy`);
    const logger = new RecordingLogger();
    const store = await openStore(path, logger);
    await store.markSeen('acknowledged');
    rmSync(path);
    await put(path);
    await store.markSeen('after');
    const all = [...ids('before', 2_000), 'acknowledged', 'after', 'new'];
    expect(await store.filterUnseen(all)).toEqual(['new']);
    expect(readdirSync(dirname(path)).filter((name) => name.includes('.refused-'))).toHaveLength(1);
    expect(logger.of('seen_store_replacement_refused')).toMatchObject([{ level: 'error', fields: { path } }]);
    await store.close();
    expect(await (await openStore(path)).filterUnseen(all)).toEqual(['new']);
  });

  test('a copy that was complete when its process was killed is used by the next start', async () => {
    const path = newDatabasePath();
    await fillDatabase(path, ['acknowledged']);
    renameSync(path, `${path}.restored`);
    rmSync(`${path}.files`);
    const store = await openStore(path);
    expect(await store.filterUnseen(['acknowledged', 'new'])).toEqual(['new']);
    expect(existsSync(`${path}.restored`)).toBe(false);
  });

  test('a store that closes while its file is gone restores it first', async () => {
    const path = newDatabasePath();
    await fillDatabase(path, ['before']);
    const [idle, busy] = [await openStore(path), await openStore(newDatabasePath())];
    expect(await idle.isSeen('before')).toBe(true);
    rmSync(path);
    await idle.close();
    expect(await (await openStore(path)).isSeen('before')).toBe(true);
    await busy.markSeen('acknowledged');
    const { location } = await busy.stats();
    rmSync(location);
    await busy.close();
    expect(await (await openStore(location)).isSeen('acknowledged')).toBe(true);
  });

  test('a file that is put in the place of another counts, for reads as for writes', async () => {
    const [path, other] = [newDatabasePath(), newDatabasePath()];
    await fillDatabase(other, ['from the other']);
    const logger = new RecordingLogger();
    const store = await openStore(path, logger);
    await store.markSeen('from this');
    for (const suffix of ['-wal', '-shm']) rmSync(`${path}${suffix}`, { force: true });
    renameSync(other, path);
    await store.markSeen('after');
    await expect
      .poll(() => store.filterUnseen(['from this', 'from the other', 'after']), { timeout: 10_000 })
      .toEqual(['from this']);
    expect(logger.of('seen_store_file_moved')).toHaveLength(1);
  });
});
