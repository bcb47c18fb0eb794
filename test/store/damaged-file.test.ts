import {
  closeSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { describe, expect, test } from 'vitest';

import { SeenStoreError } from '../../src/store/index.ts';
import { quarantine } from '../../src/store/sqlite/file/quarantine.ts';
import { damagePages, fillDatabase, newDatabasePath, openStore } from '../support/database-file.ts';
import { ids } from '../support/ids.ts';
import { markInProcess } from '../support/marking-process.ts';
import { RecordingLogger } from '../support/recording-logger.ts';

const many = ids('id', 5_000);
/** A store that opens has read the first pages, and has them in its cache. */
const unread = many.slice(-900);

/** The names that files were set aside under, without their logs. */
function asideOf(path: string): string[] {
  return readdirSync(dirname(path)).filter((name) => name.includes('.damaged-') && !/-(?:wal|shm)$/.test(name));
}

/** The name under which the file is set aside that was marked by `markDamaged`. */
const asideName = (path: string): string => `${path}.damaged-2023-11-14T22-13-20-000Z`;

/** Leaves the mark that says that the file is damaged. */
function markDamaged(path: string): void {
  const { dev, ino } = statSync(path, { bigint: true });
  writeFileSync(`${path}.damaged`, `${dev}:${ino}`);
  utimesSync(`${path}.damaged`, 1_700_000_000, 1_700_000_000);
}

describe('a damaged file', () => {
  test('a file that is damaged at the start is set aside under a name, and the new store is no first run', async () => {
    const path = newDatabasePath();
    await fillDatabase(path, many);
    const { size } = statSync(path);
    damagePages(path);
    const logger = new RecordingLogger();
    const store = await openStore(path, logger);
    const aside = readdirSync(dirname(path)).filter((name) => name.includes('.damaged-'));
    expect(aside).toHaveLength(1);
    expect(statSync(join(dirname(path), aside[0] ?? '')).size).toBe(size);
    expect(logger.of('seen_store_set_aside')).toMatchObject([{ level: 'error', fields: { path } }]);
    expect(await store.cycles.isFirst('filings')).toBe(false);
    await store.markSeen('a');
    expect(await store.isSeen('a')).toBe(true);
  });

  test('damage that is found later makes one line, the operations say why they fail, and the next start sets the file aside', async () => {
    const path = newDatabasePath();
    await fillDatabase(path, many);
    const logger = new RecordingLogger();
    const store = await openStore(path, logger);
    damagePages(path);
    await expect(store.filterUnseen(unread)).rejects.toThrow(SeenStoreError);
    await expect(store.filterUnseen(unread)).rejects.toThrow(/malformed/);
    await expect(store.stats()).rejects.toThrow(SeenStoreError);
    expect(logger.of('seen_store_damaged')).toHaveLength(1);
    await store.close();
    const next = await openStore(path);
    expect(await next.stats()).toMatchObject({ rows: 0 });
    expect(await next.cycles.isFirst('filings')).toBe(false);
    expect(existsSync(`${path}.damaged`)).toBe(false);
  });

  test.each(['over it', 'after it was removed'])(
    'a damaged file that a copy is put back for, %s, is no longer damaged',
    async (how) => {
      const path = newDatabasePath();
      await fillDatabase(path, many);
      copyFileSync(path, `${path}.copy`);
      const store = await openStore(path);
      damagePages(path);
      await expect(store.filterUnseen(unread)).rejects.toThrow(SeenStoreError);
      await store.close();
      if (how === 'after it was removed') rmSync(path);
      copyFileSync(`${path}.copy`, path);
      const logger = new RecordingLogger();
      const next = await openStore(path, logger);
      expect(await next.filterUnseen([...many, 'new'])).toEqual(['new']);
      expect(logger.of('seen_store_set_aside')).toEqual([]);
      expect(asideOf(path)).toEqual([]);
      expect(existsSync(`${path}.damaged`)).toBe(false);
    },
  );

  /** The steps of a start that sets the file aside, after each of which it may be killed. */
  const steps = ['the mark', 'the log moved', 'the file moved', 'a new file without a record'] as const;

  test.each(steps)('a damaged file is set aside once and whole, when a start is killed after %s', async (last) => {
    const path = newDatabasePath();
    await fillDatabase(path, many);
    damagePages(path);
    const { size } = statSync(path);
    markDamaged(path);
    const aside = asideName(path);
    const done = steps.indexOf(last);
    if (done >= 1) writeFileSync(`${aside}-wal`, 'its log');
    if (done >= 2) renameSync(path, aside);
    if (done >= 3) new BetterSqlite3(path).close();
    const store = await openStore(path);
    expect(await store.stats()).toMatchObject({ rows: 0 });
    expect(await store.cycles.isFirst('filings')).toBe(false);
    expect(asideOf(path)).toEqual([basename(aside)]);
    expect(statSync(aside).size).toBe(size);
    expect(existsSync(`${aside}-wal`)).toBe(done >= 1);
    expect(existsSync(`${path}.damaged`)).toBe(false);
  });
});

describe('a file that is marked as damaged', () => {
  test('a file that is marked as damaged is looked at as a whole, however large it is', async () => {
    const path = newDatabasePath();
    await fillDatabase(path, ['a']);
    const db = new BetterSqlite3(path);
    db.exec('CREATE TABLE filler (bytes BLOB); INSERT INTO filler VALUES (zeroblob(34 * 1024 * 1024))');
    db.close();
    await fillDatabase(path, many);
    const { size } = statSync(path);
    const file = openSync(path, 'r+');
    // Not the last leaf, where a start looks for ids that are blobs.
    writeSync(file, Buffer.alloc(8_192, 0xaa), 0, 8_192, size - 40_960);
    closeSync(file);
    const unnoticed = await openStore(path);
    await unnoticed.close();
    expect(asideOf(path)).toEqual([]);
    markDamaged(path);
    await openStore(path);
    expect(asideOf(path)).toEqual([basename(asideName(path))]);
  });

  test('a file that is marked as damaged follows its log, which a start that was killed has moved already', async () => {
    const path = newDatabasePath();
    await fillDatabase(path, ['a']);
    markDamaged(path);
    writeFileSync(`${asideName(path)}-wal`, 'its log');
    expect(await (await openStore(path)).stats()).toMatchObject({ rows: 0 });
    expect(asideOf(path)).toEqual([basename(asideName(path))]);
  });

  test('a file that is marked as damaged is moved after its log', () => {
    const path = newDatabasePath();
    writeFileSync(path, 'damaged');
    writeFileSync(`${path}-wal`, 'its log');
    markDamaged(path);
    mkdirSync(join(asideName(path), 'in the way'), { recursive: true });
    expect(() => quarantine(path)).toThrow(/EISDIR|ENOTEMPTY|EEXIST/);
    expect([existsSync(path), existsSync(`${path}-wal`), existsSync(`${asideName(path)}-wal`)]).toEqual([
      true,
      false,
      true,
    ]);
  });
});

test('a damaged file that several processes open at once is set aside once, and never lost', async () => {
  const path = newDatabasePath();
  await fillDatabase(path, many);
  const { size } = statSync(path);
  damagePages(path);
  const ends = await Promise.all(Array.from({ length: 3 }, () => markInProcess(path, { count: 3 })));
  expect(ends.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0]);
  expect(asideOf(path).map((name) => statSync(join(dirname(path), name)).size)).toEqual([size]);
  expect(await (await openStore(path)).cycles.isFirst('filings')).toBe(false);
});
