import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
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
import { fileURLToPath } from 'node:url';
import type { Worker } from 'node:worker_threads';
import BetterSqlite3 from 'better-sqlite3';
import { describe, expect, onTestFinished, test } from 'vitest';

import { openSeenStore, SeenStoreError, type SeenStore } from '../../src/store/index.ts';
import { quarantine } from '../../src/store/sqlite/file/quarantine.ts';
import { withOpeningLock } from '../../src/store/sqlite/file/opening-lock.ts';
import { RecordingLogger } from '../support/recording-logger.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const newPath = (): string => join(temporaryFolder(), 'seen_ids.sqlite');
const ids = (prefix: string, count: number): string[] => Array.from({ length: count }, (_, n) => `${prefix}-${n}`);

async function open(path: string, logger = new RecordingLogger()): Promise<SeenStore> {
  const store = await openSeenStore({ path, logger });
  onTestFinished(() => store.close());
  return store;
}

async function filledStore(path: string, marked: readonly string[]): Promise<void> {
  const store = await open(path);
  await store.markSeen(marked);
  await store.close();
}

/** A store whose folder was removed, before or after it has written. */
async function storeWithoutFolder(written: boolean): Promise<{ path: string; store: SeenStore }> {
  const path = join(temporaryFolder(), 'data', 'seen_ids.sqlite');
  await filledStore(path, ['before']);
  const store = await open(path);
  if (written) await store.markSeen('before too');
  rmSync(dirname(path), { recursive: true });
  return { path, store };
}

/** Overwrites everything behind the first page, which holds the schema. */
function damagePages(path: string): void {
  const { size } = statSync(path);
  const file = openSync(path, 'r+');
  writeSync(file, Buffer.alloc(size - 4_096, 0xaa), 0, size - 4_096, 4_096);
  closeSync(file);
}

/** The names that files were set aside under, without their logs. */
function asideOf(path: string): string[] {
  return readdirSync(dirname(path)).filter((name) => name.includes('.damaged-') && !/-(?:wal|shm)$/.test(name));
}

function integrityOf(path: string): unknown {
  const db = new BetterSqlite3(path, { readonly: true });
  onTestFinished(() => void db.close());
  return db.pragma('integrity_check', { simple: true });
}

function raise(message: string): never {
  throw new Error(message);
}

describe('a file that goes away under the store', () => {
  test('deleted: it is written anew with all that it held, and one line says so', async () => {
    const path = newPath();
    const logger = new RecordingLogger();
    const store = await open(path, logger);
    await store.markSeen(ids('before', 200));
    for (const suffix of ['', '-wal', '-shm']) rmSync(`${path}${suffix}`, { force: true });
    await store.markSeen('after');
    await store.markSeen('later');
    expect(logger.of('seen_store_file_moved')).toMatchObject([{ level: 'error', fields: { path } }]);
    expect(await store.filterUnseen([...ids('before', 200), 'after', 'later', 'new'])).toEqual(['new']);
    await store.close();
    const next = await open(path);
    expect(await next.filterUnseen([...ids('before', 200), 'after', 'later', 'new'])).toEqual(['new']);
  });

  test('deleted before the first write: what was read is what is restored', async () => {
    const path = newPath();
    await filledStore(path, ids('before', 50));
    const logger = new RecordingLogger();
    const store = await open(path, logger);
    expect(await store.isSeen('before-1')).toBe(true);
    rmSync(path);
    await store.markSeen('after');
    expect(await store.filterUnseen([...ids('before', 50), 'after', 'new'])).toEqual(['new']);
    expect(logger.of('seen_store_file_moved')).toHaveLength(1);
    await store.close();
    expect(await (await open(path)).filterUnseen([...ids('before', 50), 'after', 'new'])).toEqual(['new']);
  });

  test('deleted without its log: the log is not taken for the restored file’s', async () => {
    const path = newPath();
    const kept = ids('kept', 6_000);
    const first = await open(path);
    await first.markSeen(ids('forgotten', 6_000), 1);
    await first.markSeen(kept);
    // A copy is laid out anew, so it differs from the file page by page.
    await first.purge({ olderThan: new Date(10_000) });
    await first.close();
    const store = await open(path);
    await store.markSeen(ids('late', 300));
    rmSync(path);
    await store.markSeen('after');
    const other = await open(path);
    await other.markSeen('from another');
    const all = [...kept, ...ids('late', 300), 'after', 'from another'];
    expect(await other.filterUnseen([...all, 'new'])).toEqual(['new']);
    expect(await other.stats()).toMatchObject({ rows: all.length });
    await Promise.all([store.close(), other.close()]);
    expect(integrityOf(path)).toBe('ok');
    expect(await (await open(path)).filterUnseen([...all, 'new'])).toEqual(['new']);
  });

  test.each([true, false])('deleted with its folder, after a first write: %s', async (written) => {
    const { path, store } = await storeWithoutFolder(written);
    await store.markSeen('after');
    await store.close();
    const all = ['before', ...(written ? ['before too'] : []), 'after', 'new'];
    expect(await (await open(path)).filterUnseen(all)).toEqual(['new']);
  });

  test.each([true, false])('and cannot be restored: each write says so; after a first write: %s', async (written) => {
    const { path, store } = await storeWithoutFolder(written);
    writeFileSync(dirname(path), 'a file in the place of the folder');
    const writes = await Promise.allSettled([store.markSeen('a'), store.claim(['b'])]);
    for (const write of writes) expect(write).toMatchObject({ status: 'rejected', reason: { code: 'SEEN_STORE' } });
    await expect(store.markSeen('c')).rejects.toThrow(SeenStoreError);
    expect(await store.isSeen('before')).toBe(true);
    rmSync(dirname(path));
    await store.markSeen('after');
    expect(await store.filterUnseen(['before', 'after'])).toEqual([]);
  });

  test('replaced by something else: writes and close say so, and end', async () => {
    const path = newPath();
    await filledStore(path, ['a']);
    const store = await open(path);
    rmSync(path);
    writeFileSync(path, 'no database at all, but long enough to look like one\n'.repeat(40));
    await expect(store.markSeen('b')).rejects.toThrow(SeenStoreError);
    expect(await store.isSeen('a')).toBe(true);
    await expect(store.close()).resolves.toBeUndefined();
  });

  test('replaced: the new file counts, for reads as for writes', async () => {
    const [path, other] = [newPath(), newPath()];
    await filledStore(other, ['from the other']);
    const logger = new RecordingLogger();
    const store = await open(path, logger);
    await store.markSeen('from this');
    for (const suffix of ['-wal', '-shm']) rmSync(`${path}${suffix}`, { force: true });
    renameSync(other, path);
    await store.markSeen('after');
    await expect.poll(() => store.filterUnseen(['from this', 'from the other', 'after'])).toEqual(['from this']);
    expect(logger.of('seen_store_file_moved')).toHaveLength(1);
  });
});

describe('a damaged file', () => {
  test('at the start it is set aside under a name, and the new store is no first run', async () => {
    const path = newPath();
    await filledStore(path, ids('lost', 5_000));
    const { size } = statSync(path);
    damagePages(path);
    const logger = new RecordingLogger();
    const store = await open(path, logger);
    const aside = readdirSync(dirname(path)).filter((name) => name.includes('.damaged-'));
    expect(aside).toHaveLength(1);
    expect(statSync(join(dirname(path), aside[0] ?? '')).size).toBe(size);
    expect(logger.of('seen_store_set_aside')).toMatchObject([{ level: 'error', fields: { path } }]);
    expect(await store.cycles.isFirst('filings')).toBe(false);
    await store.markSeen('a');
    expect(await store.isSeen('a')).toBe(true);
  });

  test('found later: one line, the operations say why, and the next start sets it aside', async () => {
    const path = newPath();
    await filledStore(path, ids('lost', 5_000));
    const logger = new RecordingLogger();
    const store = await open(path, logger);
    damagePages(path);
    await expect(store.filterUnseen(ids('lost', 900))).rejects.toThrow(SeenStoreError);
    await expect(store.filterUnseen(ids('lost', 900))).rejects.toThrow(/malformed/);
    await expect(store.stats()).rejects.toThrow(SeenStoreError);
    expect(logger.of('seen_store_damaged')).toHaveLength(1);
    await store.close();
    const next = await open(path);
    expect(await next.stats()).toMatchObject({ rows: 0 });
    expect(await next.cycles.isFirst('filings')).toBe(false);
    expect(existsSync(`${path}.damaged`)).toBe(false);
  });

  test.each(['over it', 'after it was removed'])(
    'that a copy is put back for, %s, is no longer damaged',
    async (how) => {
      const path = newPath();
      await filledStore(path, ids('kept', 5_000));
      copyFileSync(path, `${path}.copy`);
      const store = await open(path);
      damagePages(path);
      await expect(store.filterUnseen(ids('kept', 900))).rejects.toThrow(SeenStoreError);
      await store.close();
      if (how === 'after it was removed') rmSync(path);
      copyFileSync(`${path}.copy`, path);
      const logger = new RecordingLogger();
      const next = await open(path, logger);
      expect(await next.filterUnseen([...ids('kept', 5_000), 'new'])).toEqual(['new']);
      expect(logger.of('seen_store_set_aside')).toEqual([]);
      expect(asideOf(path)).toEqual([]);
      expect(existsSync(`${path}.damaged`)).toBe(false);
    },
  );

  /** What a start leaves behind that is killed while it sets the file aside, after each of its steps. */
  const steps = ['the mark', 'the log moved', 'the file moved', 'a new file without a record'] as const;

  test.each(steps)('is set aside once and whole, when a start is killed after %s', async (last) => {
    const path = newPath();
    await filledStore(path, ids('lost', 5_000));
    damagePages(path);
    const { ino, dev, size } = statSync(path, { bigint: true });
    writeFileSync(`${path}.damaged`, `${dev}:${ino}`);
    utimesSync(`${path}.damaged`, 1_700_000_000, 1_700_000_000);
    const aside = `${path}.damaged-2023-11-14T22-13-20-000Z`;
    const done = steps.indexOf(last);
    if (done >= 1) writeFileSync(`${aside}-wal`, 'its log');
    if (done >= 2) renameSync(path, aside);
    if (done >= 3) new BetterSqlite3(path).close();
    const store = await open(path);
    expect(await store.stats()).toMatchObject({ rows: 0 });
    expect(await store.cycles.isFirst('filings')).toBe(false);
    expect(asideOf(path)).toEqual([basename(aside)]);
    expect(statSync(aside, { bigint: true }).size).toBe(size);
    expect(existsSync(`${aside}-wal`)).toBe(done >= 1);
    expect(existsSync(`${path}.damaged`)).toBe(false);
  });
});

describe('a file that is marked as damaged', () => {
  /** What `quarantine` calls the file that is marked with this time. */
  const asideName = (path: string): string => `${path}.damaged-2023-11-14T22-13-20-000Z`;

  function mark(path: string): void {
    const { dev, ino } = statSync(path, { bigint: true });
    writeFileSync(`${path}.damaged`, `${dev}:${ino}`);
    utimesSync(`${path}.damaged`, 1_700_000_000, 1_700_000_000);
  }

  test('is looked at as a whole, however large it is', async () => {
    const path = newPath();
    await filledStore(path, ['a']);
    const db = new BetterSqlite3(path);
    db.exec('CREATE TABLE filler (bytes BLOB); INSERT INTO filler VALUES (zeroblob(34 * 1024 * 1024))');
    db.close();
    await filledStore(path, ids('lost', 5_000));
    const { size } = statSync(path);
    const file = openSync(path, 'r+');
    writeSync(file, Buffer.alloc(8_192, 0xaa), 0, 8_192, size - 8_192);
    closeSync(file);
    const unnoticed = await open(path);
    await unnoticed.close();
    expect(asideOf(path)).toEqual([]);
    mark(path);
    await open(path);
    expect(asideOf(path)).toEqual([basename(asideName(path))]);
  });

  test('follows its log, which a start that was killed has moved already', async () => {
    const path = newPath();
    await filledStore(path, ['a']);
    mark(path);
    writeFileSync(`${asideName(path)}-wal`, 'its log');
    expect(await (await open(path)).stats()).toMatchObject({ rows: 0 });
    expect(asideOf(path)).toEqual([basename(asideName(path))]);
  });

  test('is moved after its log', () => {
    const path = newPath();
    writeFileSync(path, 'damaged');
    writeFileSync(`${path}-wal`, 'its log');
    mark(path);
    mkdirSync(join(asideName(path), 'in the way'), { recursive: true });
    expect(() => quarantine(path)).toThrow(/EISDIR|ENOTEMPTY|EEXIST/);
    expect([existsSync(path), existsSync(`${path}-wal`), existsSync(`${asideName(path)}-wal`)]).toEqual([
      true,
      false,
      true,
    ]);
  });
});

describe('the lock of a start', () => {
  test('lets one in at a time', () => {
    const path = newPath();
    const other = (): void => {
      const lock = new BetterSqlite3(`${path}.lock`, { timeout: 0 });
      try {
        lock.exec('BEGIN EXCLUSIVE');
      } finally {
        lock.close();
      }
    };
    withOpeningLock(path, () => expect(other).toThrow('database is locked'));
    expect(() => withOpeningLock(path, () => raise('it failed'))).toThrow('it failed');
    expect(other).not.toThrow();
  });

  test('belongs to all who may write to the database', async () => {
    const path = newPath();
    writeFileSync(path, '');
    chmodSync(path, 0o660);
    await open(path);
    expect(statSync(`${path}.lock`).mode & 0o777).toBe(0o660);
  });

  test('names its own file when that is no use', async () => {
    const path = newPath();
    await filledStore(path, ['a']);
    writeFileSync(`${path}.lock`, 'somebody’s notes, and no lock\n'.repeat(100));
    await expect(open(path)).rejects.toThrow(`its lock file ${path}.lock cannot be used: file is not a database`);
    rmSync(`${path}.lock`);
    expect(await (await open(path)).isSeen('a')).toBe(true);
  });
});

test('a damaged file that several processes open at once is set aside once, and never lost', async () => {
  const path = newPath();
  await filledStore(path, ids('lost', 5_000));
  const { size } = statSync(path);
  damagePages(path);
  const program = fileURLToPath(new URL('writing-process.ts', import.meta.url));
  const starts = Array.from({ length: 3 }, () => once(spawn(process.execPath, [program, path, '3']), 'exit'));
  expect((await Promise.all(starts)).map(([code]: unknown[]) => code)).toEqual([0, 0, 0]);
  expect(asideOf(path).map((name) => statSync(join(dirname(path), name)).size)).toEqual([size]);
  expect(await (await open(path)).cycles.isFirst('filings')).toBe(false);
});

describe('the writer thread', () => {
  test('starts with the first write, and not before', async () => {
    const path = newPath();
    await filledStore(path, ['a']);
    let threads = 0;
    const count = (): void => void (threads += 1);
    process.on('worker', count);
    onTestFinished(() => void process.off('worker', count));
    const store = await open(path);
    expect(await store.isSeen('a')).toBe(true);
    await store.stats();
    expect(threads).toBe(0);
    await store.markSeen(['b', 'c']);
    await store.markSeen('d');
    expect(threads).toBe(1);
  });

  test('that dies fails what was under way, and the next write starts another', async () => {
    const logger = new RecordingLogger();
    const store = await open(newPath(), logger);
    const born = new Promise<Worker>((resolve) => {
      process.once('worker', resolve);
    });
    const lost = expect(store.markSeen('a')).rejects.toThrow(/may or may not have been written.*Try again/);
    await (await born).terminate();
    await lost;
    expect(logger.of('seen_store_writer_lost')).toMatchObject([{ fields: { pending: 1 } }]);
    await store.markSeen('b');
    expect(await store.isSeen('b')).toBe(true);
  });

  test('commits together what is asked for together', async () => {
    const path = newPath();
    const store = await open(path);
    await store.markSeen('first');
    const walBefore = statSync(`${path}-wal`).size;
    await Promise.all(ids('together', 50).map((id) => store.markSeen(id)));
    const frames = (statSync(`${path}-wal`).size - walBefore) / 4_120;
    expect(frames).toBeLessThan(10);
    expect(await store.filterUnseen(ids('together', 50))).toEqual([]);
  });

  test('one change that fails takes no other of its group with it', async () => {
    const store = await open(newPath());
    const [claim] = await store.claim(['mine']);
    if (claim === undefined) throw new Error('nothing was granted');
    await store.release([claim]);
    const outcomes = await Promise.allSettled([store.markSeen('a'), store.commit([claim]), store.markSeen('b')]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(await store.filterUnseen(['a', 'b', 'mine'])).toEqual(['mine']);
  });
});
