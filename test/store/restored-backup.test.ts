import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { describe, expect, onTestFinished, test } from 'vitest';

import { SeenStoreOpenError } from '../../src/store/index.ts';
import { fillDatabase, newDatabasePath, openStore } from '../support/database-file.ts';
import { ids } from '../support/ids.ts';
import { OwnerProcess } from '../support/owner-process.ts';
import { RecordingLogger } from '../support/recording-logger.ts';

const kept = ids('kept', 50);
/** Marked after the backup was made. */
const later = ids('later', 50);
const everything = [...kept, ...later, 'new'];

const isSetAsideLog = (name: string): boolean => name.includes('-wal.set-aside-');
const isQuarantined = (name: string): boolean => name.includes('.damaged-');
const filesBeside = (path: string): string[] => readdirSync(dirname(path));

/** A database, and a backup of it as somebody makes one with the bot stopped. */
async function databaseWithBackup(): Promise<{ path: string; backup: string }> {
  const path = newDatabasePath();
  await fillDatabase(path, kept);
  copyFileSync(path, `${path}.backup`);
  return { path, backup: `${path}.backup` };
}

/** The same, with a bot that went on, and was killed: what it wrote last is in its log alone. */
async function killedWithLog(): Promise<{ path: string; backup: string }> {
  const { path, backup } = await databaseWithBackup();
  const bot = await OwnerProcess.start({ path });
  await bot.mark(later);
  await bot.kill();
  expect(statSync(`${path}-wal`).size).toBeGreaterThan(0);
  return { path, backup };
}

const ways: Readonly<Record<string, (backup: string, path: string) => void>> = {
  'moved over the file': renameSync,
  'copied into the file': copyFileSync,
  'moved there after the file was deleted': (backup, path) => {
    rmSync(path);
    renameSync(backup, path);
  },
};

describe('a backup that is put back', () => {
  test.each(Object.entries(ways))(
    'after a kill, a backup that is %s counts, and the log is set aside',
    async (_, put) => {
      const { path, backup } = await killedWithLog();
      const log = readFileSync(`${path}-wal`);
      put(backup, path);
      const logger = new RecordingLogger();
      const store = await openStore(path, logger);
      expect(await store.filterUnseen(everything)).toEqual([...later, 'new']);
      const [aside = '', ...more] = filesBeside(path).filter(isSetAsideLog);
      expect(more).toEqual([]);
      expect(readFileSync(join(dirname(path), aside))).toEqual(log);
      expect(logger.of('seen_store_log_set_aside')).toMatchObject([{ level: 'warn', fields: { path } }]);
      expect(filesBeside(path).filter(isQuarantined)).toEqual([]);
    },
  );

  test('under a running bot, a backup that is moved over the file counts, with the log of the old file beside it', async () => {
    const { path, backup } = await databaseWithBackup();
    const logger = new RecordingLogger();
    const store = await openStore(path, logger);
    await store.markSeen(later);
    renameSync(backup, path);
    await store.markSeen('after');
    expect(await store.filterUnseen([...everything, 'after'])).toEqual([...later, 'new']);
    expect(filesBeside(path).filter(isQuarantined)).toEqual([]);
    await store.close();
    expect(await (await openStore(path)).filterUnseen([...everything, 'after'])).toEqual([...later, 'new']);
  });

  test('under an idle bot, reads follow a backup that is moved over the file within seconds', async () => {
    const { path, backup } = await databaseWithBackup();
    const store = await openStore(path);
    await store.markSeen(later);
    renameSync(backup, path);
    await expect.poll(() => store.filterUnseen(everything)).toEqual([...later, 'new']);
  });

  test('another bot that starts just after a backup was moved over the file of a running one finds the backup', async () => {
    const { path, backup } = await databaseWithBackup();
    const running = await OwnerProcess.start({ path });
    await running.mark(later);
    renameSync(backup, path);
    const store = await openStore(path);
    expect(await store.filterUnseen(everything)).toEqual([...later, 'new']);
    await running.mark(['from the running one']);
    expect(await store.filterUnseen(['from the running one', ...later])).toEqual(later);
  });

  test('a backup that comes with its own log is taken with it', async () => {
    const { path, backup } = await killedWithLog();
    const other = await OwnerProcess.start({ path: backup });
    await other.mark(['in the log of the backup']);
    await other.kill();
    for (const suffix of ['', '-wal', '-shm']) renameSync(`${backup}${suffix}`, `${path}${suffix}`);
    const store = await openStore(path);
    expect(await store.filterUnseen([...everything, 'in the log of the backup'])).toEqual([...later, 'new']);
  });
});

describe('a log that belongs to its file', () => {
  test('after a kill nothing is lost, and nothing is set aside', async () => {
    const { path } = await killedWithLog();
    expect(await (await openStore(path)).filterUnseen(everything)).toEqual(['new']);
    expect(filesBeside(path).filter(isSetAsideLog)).toEqual([]);
  });

  test('a folder that is moved elsewhere after a kill is opened with all that was marked', async () => {
    const { path } = await killedWithLog();
    const folder = join(dirname(path), 'elsewhere');
    mkdirSync(folder);
    for (const suffix of ['', '-wal', '.lock', '.files'])
      copyFileSync(`${path}${suffix}`, join(folder, `seen.sqlite${suffix}`));
    expect(await (await openStore(join(folder, 'seen.sqlite'))).filterUnseen(everything)).toEqual(['new']);
  });

  test('what another program brought into the file beside a running bot is no reason to set the log aside', async () => {
    const { path } = await databaseWithBackup();
    const bot = await OwnerProcess.start({ path });
    await bot.mark(later);
    const other = new BetterSqlite3(path);
    other.prepare('INSERT INTO seen VALUES (?, ?)').run('from the earlier bot', 1_700_000_000);
    other.pragma('wal_checkpoint(PASSIVE)');
    other.close();
    await bot.mark(['at the end']);
    await bot.kill();
    const store = await openStore(path);
    expect(await store.filterUnseen([...everything, 'from the earlier bot', 'at the end'])).toEqual(['new']);
  });

  test('a program that has the file open, and brought the log into it after the kill, keeps its log', async () => {
    const { path } = await killedWithLog();
    const other = new BetterSqlite3(path);
    onTestFinished(() => void other.close());
    const mark = other.prepare('INSERT INTO seen VALUES (?, 1700000000)');
    mark.run('early');
    other.pragma('wal_checkpoint(PASSIVE)');
    mark.run('late');
    const store = await openStore(path);
    expect(await store.filterUnseen([...everything, 'early', 'late'])).toEqual(['new']);
    expect(filesBeside(path).filter(isSetAsideLog)).toEqual([]);
  });

  test('a store that has closed leaves no note that a later log could be taken for', async () => {
    const { path } = await databaseWithBackup();
    expect(JSON.parse(readFileSync(`${path}.files`, 'utf8'))).toMatchObject({ log: null });
  });
});

describe('looking at a file', () => {
  test('a file that is refused is left as it is, its log as well', async () => {
    const path = newDatabasePath();
    const db = new BetterSqlite3(path);
    db.pragma('journal_mode = WAL');
    db.exec('CREATE TABLE seen (name TEXT, ts INTEGER); INSERT INTO seen VALUES (1, 2)');
    for (const suffix of ['', '-wal']) copyFileSync(`${path}${suffix}`, `${path}-of-a-killed-process${suffix}`);
    db.close();
    const copy = `${path}-of-a-killed-process`;
    const before = [readFileSync(copy), readFileSync(`${copy}-wal`)];
    await expect(openStore(copy)).rejects.toThrow(SeenStoreOpenError);
    expect([readFileSync(copy), readFileSync(`${copy}-wal`)]).toEqual(before);
  });

  test('a log that damages the file is set aside, and the file, which is sound without it, is kept', async () => {
    const { path } = await killedWithLog();
    // The note would tell at once. Without it, the damage does.
    rmSync(`${path}.files`);
    const strange = newDatabasePath();
    await fillDatabase(strange, ids('so that there are many pages', 5_000));
    const other = await OwnerProcess.start({ path: strange });
    await other.mark(ids('so that a few of them change', 500));
    await other.kill();
    copyFileSync(`${strange}-wal`, `${path}-wal`);
    const store = await openStore(path);
    expect(await store.filterUnseen([...kept, 'new'])).toEqual(['new']);
    expect(filesBeside(path).filter(isSetAsideLog)).toHaveLength(1);
    expect(filesBeside(path).filter(isQuarantined)).toEqual([]);
    expect(existsSync(`${path}.damaged`)).toBe(false);
  });
});
