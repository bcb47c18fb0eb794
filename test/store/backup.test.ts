import {
  chmodSync,
  closeSync,
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { describe, expect, onTestFinished, test } from 'vitest';

import { backupDatabase } from '../../src/store/backup-database.ts';
import { resolveSqliteOptions } from '../../src/store/options.ts';
import { SeenInputError, SeenStoreError, type SeenStore } from '../../src/store/index.ts';
import { publish } from '../../src/store/publish.ts';
import { fillDatabase, newDatabasePath, openStore } from '../support/database-file.ts';
import { ids } from '../support/ids.ts';
import { markInProcess } from '../support/marking-process.ts';
import { RecordingLogger } from '../support/recording-logger.ts';
import { SmallDisk, smallDisks } from '../support/small-disk.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

async function storeWith(marked: readonly string[]): Promise<{ path: string; store: SeenStore }> {
  const path = newDatabasePath();
  const store = await openStore(path);
  await store.markSeen(marked);
  return { path, store };
}

/** The ids in a database, read by SQLite alone: without writing, and without a log beside it. */
function idsIn(path: string): string[] {
  const db = new BetterSqlite3(path, { readonly: true, fileMustExist: true });
  onTestFinished(() => void db.close());
  return db.prepare<[], string>('SELECT id FROM seen ORDER BY id').pluck().all();
}

/** Overwrites ten pages in the middle, which hold ids. */
function damageMiddle(path: string): void {
  const pageBytes = 4_096;
  const middle = Math.floor(statSync(path).size / pageBytes / 2) * pageBytes;
  const file = openSync(path, 'r+');
  writeSync(file, Buffer.alloc(10 * pageBytes, 0xaa), 0, 10 * pageBytes, middle);
  closeSync(file);
}

describe('the file of a backup', () => {
  test('a backup is one file without a log, which opens from a folder that nobody may write to', async () => {
    const { store } = await storeWith(['a', 'b']);
    const folder = temporaryFolder();
    const path = join(folder, 'backup.sqlite');
    await store.backup(path);
    expect(readdirSync(folder)).toEqual(['backup.sqlite']);
    chmodSync(folder, 0o555);
    onTestFinished(() => chmodSync(folder, 0o755));
    expect(idsIn(path)).toEqual(['a', 'b']);
    expect(readdirSync(folder)).toEqual(['backup.sqlite']);
  });

  test('a backup has what is only in the log of a process that was killed', async () => {
    const { path, store } = await storeWith(['in the log']);
    const copy = newDatabasePath();
    for (const suffix of ['', '-wal']) copyFileSync(`${path}${suffix}`, `${copy}${suffix}`);
    await store.close();
    expect(readFileSync(copy).includes('in the log')).toBe(false);
    const target = newDatabasePath();
    await (await openStore(copy)).backup(target);
    expect(idsIn(target)).toEqual(['in the log']);
  });

  test.each([0o600, 0o640, 0o664])('a backup may be read by nobody who may not read the database: %o', async (mode) => {
    const { path, store } = await storeWith(['a']);
    chmodSync(path, mode);
    const target = newDatabasePath();
    await store.backup(target);
    const given = statSync(target).mode & 0o777;
    expect(given & ~mode).toBe(0);
    expect(given & 0o600).toBe(0o600);
  });

  test('a relative path is taken from the working directory, and the answer is absolute', async () => {
    const { store } = await storeWith(['a']);
    const folder = temporaryFolder();
    const before = process.cwd();
    onTestFinished(() => process.chdir(before));
    process.chdir(folder);
    const backup = store.backup('backup.sqlite');
    process.chdir(before);
    expect((await backup).path).toBe(join(folder, 'backup.sqlite'));
    expect(idsIn(join(folder, 'backup.sqlite'))).toEqual(['a']);
  });

  test('a backup is finished while other processes write without a pause', async () => {
    const { path, store } = await storeWith(ids('x'.repeat(400), 5_000));
    const target = newDatabasePath();
    const writers = [0, 1].map(() => markInProcess(path, { count: 300 }));
    const { bytes } = await store.backup(target);
    expect(bytes).toBe(statSync(target).size);
    for (const { exitCode } of await Promise.all(writers)) expect(exitCode).toBe(0);
    expect(idsIn(target).length).toBeGreaterThanOrEqual(5_000);
  });

  test('a backup that is moved to the path of a store counts there', async () => {
    const { path, store } = await storeWith(['old']);
    const backup = join(dirname(path), 'backup.sqlite');
    await store.backup(backup);
    await store.markSeen('new');
    await store.close();
    renameSync(backup, path);
    expect(await (await openStore(path)).filterUnseen(['old', 'new'])).toEqual(['new']);
  });
});

describe('a destination that cannot be one', () => {
  /** Expects the refusal, and that the folder of the database is what it was. */
  async function expectRefusal(store: SeenStore, path: string, problem: string): Promise<void> {
    const before = readdirSync(dirname(path)).toSorted();
    for (const overwrite of [false, true]) {
      const backup = store.backup(path, { overwrite });
      await expect(backup).rejects.toThrow(SeenInputError);
      await expect(backup).rejects.toThrow(problem);
    }
    expect(readdirSync(dirname(path)).toSorted()).toEqual(before);
    await store.markSeen('still usable');
  }

  test.each(['', '-wal', '-shm', '-journal', '.lock', '.files', '.damaged', '.restored'])(
    'the database’s own file seen_ids.sqlite%s is refused, under any spelling',
    async (suffix) => {
      const { path, store } = await storeWith(['a']);
      const belongs = 'it is the database itself, or belongs to it';
      await expectRefusal(store, `${path}${suffix}`, belongs);
      await expectRefusal(store, join(dirname(path), '.', 'x', '..', `seen_ids.sqlite${suffix}`), belongs);
      const link = join(temporaryFolder(), 'link');
      symlinkSync(dirname(path), link);
      await expectRefusal(store, join(link, `seen_ids.sqlite${suffix}`), belongs);
    },
  );

  test('a link to the database is refused, and so is a second name of it', async () => {
    const { path, store } = await storeWith(['a']);
    const folder = temporaryFolder();
    symlinkSync(path, join(folder, 'symbolic'));
    await expectRefusal(store, join(folder, 'symbolic'), 'it is the database itself');
    linkSync(path, join(dirname(path), 'hard'));
    await expectRefusal(store, join(dirname(path), 'hard'), 'it is the database itself');
  });

  test('where the database is reached by a link, the files beside its target are refused as well', async () => {
    const target = newDatabasePath();
    await fillDatabase(target, ['a']);
    const path = join(temporaryFolder(), 'link.sqlite');
    symlinkSync(target, path);
    const belongs = 'it is the database itself, or belongs to it';
    for (const name of [target, `${target}-wal`, `${target}.lock`, path]) {
      await expect(backupDatabase(resolveSqliteOptions({ path }, {}), name, { overwrite: true })).rejects.toThrow(
        belongs,
      );
    }
    expect(await (await openStore(target)).isSeen('a')).toBe(true);
  });

  test('a folder, a missing folder, a file in place of a folder and a link to nowhere are refused', async () => {
    const { store } = await storeWith(['a']);
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'sub'));
    writeFileSync(join(folder, 'file'), '');
    symlinkSync(join(folder, 'nothing'), join(folder, 'dangling'));
    await expectRefusal(store, join(folder, 'sub'), 'it is a folder');
    await expect(store.backup(join(folder, 'none/backup'))).rejects.toThrow('there is no folder');
    await expect(store.backup(join(folder, 'file/backup'))).rejects.toThrow('there is no folder');
    await expectRefusal(store, join(folder, 'dangling'), 'a link that leads nowhere');
    await expect(store.backup('/dev/null', { overwrite: true })).rejects.toThrow('not a file that can be replaced');
    expect(readdirSync(folder).toSorted()).toEqual(['dangling', 'file', 'sub']);
  });

  test.each(['-wal', '-journal'])(
    'a name beside which another database has its log, %s, is refused',
    async (suffix) => {
      const { store } = await storeWith(['a']);
      const path = join(temporaryFolder(), 'backup.sqlite');
      writeFileSync(`${path}${suffix}`, 'the log of a database');
      await expectRefusal(store, path, `${path}${suffix} is the log of another database`);
    },
  );

  test.each(['-wal', '-shm', '-journal'])(
    'a name that ends in %s, as that of a part of a database, is refused',
    async (end) => {
      const { store } = await storeWith(['a']);
      await expectRefusal(store, join(temporaryFolder(), `backup${end}`), 'SQLite takes such a name');
    },
  );

  test('the database of another running bot is not replaced', async () => {
    const { store } = await storeWith(['a']);
    const other = await storeWith(['other']);
    await expectRefusal(store, other.path, 'is the log of another database, which may be in use');
    expect(await other.store.isSeen('other')).toBe(true);
  });

  test('a file that is reached by a link is replaced, and the link stays', async () => {
    const { store } = await storeWith(['a']);
    const [folder, target] = [temporaryFolder(), newDatabasePath()];
    await store.backup(target);
    await store.markSeen('b');
    symlinkSync(target, join(folder, 'latest'));
    await expect(store.backup(join(folder, 'latest'))).rejects.toThrow('it exists');
    expect((await store.backup(join(folder, 'latest'), { overwrite: true })).path).toBe(target);
    expect(idsIn(target)).toEqual(['a', 'b']);
    expect(readdirSync(folder)).toEqual(['latest']);
  });
});

describe('a backup that fails', () => {
  test('a backup that finds its name taken at the very end replaces nothing', () => {
    const folder = temporaryFolder();
    const [partial, target] = [join(folder, 'partial'), join(folder, 'target')];
    writeFileSync(partial, 'one');
    writeFileSync(target, 'another');
    expect(() => publish(partial, target, false)).toThrow(SeenInputError);
    expect(readFileSync(target, 'utf8')).toBe('another');
    publish(partial, target, true);
    expect(readFileSync(target, 'utf8')).toBe('one');
    expect(readdirSync(folder)).toEqual(['target']);
  });

  test('the backup of a damaged database is not made, and the one before it stays', async () => {
    const path = newDatabasePath();
    // Large enough for a start not to look at all of it.
    await fillDatabase(path, ids('x'.repeat(500), 70_000));
    damageMiddle(path);
    const store = await openStore(path);
    const folder = temporaryFolder();
    const target = join(folder, 'backup.sqlite');
    writeFileSync(target, 'the backup of yesterday');
    const backup = store.backup(target, { overwrite: true });
    await expect(backup).rejects.toThrow(SeenStoreError);
    await expect(backup).rejects.toThrow('the copy is damaged, and so is the database');
    expect(readdirSync(folder)).toEqual(['backup.sqlite']);
    expect(readFileSync(target, 'utf8')).toBe('the backup of yesterday');
  });

  describe.skipIf(smallDisks.missing)(`with a disk that is really full${smallDisks.note}`, () => {
    test('a backup that does not fit says so, leaves nothing, and the store goes on', async () => {
      const { store } = await storeWith(ids('x'.repeat(400), 8_000));
      const disk = SmallDisk.mount(1);
      const backup = store.backup(join(disk.folder, 'backup.sqlite'));
      await expect(backup).rejects.toThrow(SeenStoreError);
      await expect(backup).rejects.toThrow(/The backup to .*backup\.sqlite failed: .*full\. Nothing is left of it\./);
      expect(readdirSync(disk.folder)).toEqual([]);
      await store.markSeen('after');
    });
  });

  test('a backup of a store whose file was deleted restores the file, and is complete', async () => {
    const { path, store } = await storeWith(ids('id', 500));
    await store.close();
    const reopened = await openStore(path, new RecordingLogger());
    rmSync(path);
    const target = newDatabasePath();
    await reopened.backup(target);
    expect(idsIn(target)).toHaveLength(500);
    expect(existsSync(path)).toBe(true);
  });
});
