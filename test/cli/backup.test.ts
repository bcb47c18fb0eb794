import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

import { damagePages, fillDatabase, newDatabasePath, openStore } from '../support/database-file.ts';
import { ids } from '../support/ids.ts';
import { seen } from '../support/seen-command.ts';
import { seenInProcess } from '../support/seen-in-process.ts';
import { stoppedHalfway } from '../support/stopped-command.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** The names and contents of files, by the end of their names. */
function filesOf(path: string, suffixes: readonly string[]): Record<string, string | undefined> {
  const read = (file: string): string | undefined => (existsSync(file) ? readFileSync(file, 'hex') : undefined);
  return Object.fromEntries(suffixes.map((suffix) => [suffix, read(`${path}${suffix}`)]));
}

describe('seen backup', () => {
  test('it backs up the database of a running bot, which goes on', async () => {
    const path = newDatabasePath();
    const store = await openStore(path);
    await store.markSeen(['a', 'b']);
    const target = newDatabasePath();
    const { exitCode, stdout, stderr } = await seenInProcess(['backup', target, '--database', path]);
    expect({ exitCode, stdout, stderr }).toEqual({
      exitCode: 0,
      stdout: `Backed up to ${target} (${(statSync(target).size / 1e6).toFixed(1)} MB).\n`,
      stderr: '',
    });
    await store.markSeen('c');
    expect(await (await openStore(target)).filterUnseen(['a', 'b', 'c'])).toEqual(['c']);
  });

  test('it backs up the database of a bot that was stopped, and leaves its files as they were', async () => {
    const path = newDatabasePath();
    await fillDatabase(path, ['a']);
    const folder = join(path, '..');
    const before = readdirSync(folder);
    const target = newDatabasePath();
    expect(await seenInProcess(['backup', target, '--database', path])).toMatchObject({ exitCode: 0 });
    expect(readdirSync(folder)).toEqual(before);
    expect(await (await openStore(target)).isSeen('a')).toBe(true);
  });

  test.each([
    ['a bot that was killed', ['', '-wal', '-shm']],
    ['a bot that was killed, copied without its shared memory', ['', '-wal']],
    ['a bot that was stopped', ['']],
  ])('it does not change the file and the log of %s', async (_, suffixes) => {
    const [path, running, target] = [newDatabasePath(), newDatabasePath(), newDatabasePath()];
    const store = await openStore(running);
    await store.markSeen(ids('id', 300));
    if (!suffixes.includes('-wal')) await store.close();
    for (const suffix of suffixes) copyFileSync(`${running}${suffix}`, `${path}${suffix}`);
    const before = { ...filesOf(path, ['', '-wal']), time: statSync(path).mtimeMs };
    for (const flags of [[], ['--force']]) {
      expect(await seenInProcess(['backup', target, '--database', path, ...flags])).toMatchObject({
        exitCode: 0,
        stderr: '',
      });
      expect({ ...filesOf(path, ['', '-wal']), time: statSync(path).mtimeMs }).toEqual(before);
    }
    expect(await (await openStore(target)).stats()).toMatchObject({ rows: 300 });
    expect(await (await openStore(path)).stats()).toMatchObject({ rows: 300 });
  });

  test('a backup that is stopped halfway leaves nothing, and the log of a killed bot as it was', async () => {
    const [path, running, folder] = [newDatabasePath(), newDatabasePath(), temporaryFolder()];
    const store = await openStore(running);
    await store.markSeen(ids('x'.repeat(500), 5_000));
    for (const suffix of ['', '-wal']) copyFileSync(`${running}${suffix}`, `${path}${suffix}`);
    const before = filesOf(path, ['', '-wal']);
    let written: string[] = [];
    const world = stoppedHalfway(() => void (written = readdirSync(folder)));
    const outcome = await seenInProcess(['backup', join(folder, 'target'), '--database', path], world);
    expect(outcome).toEqual({ exitCode: 1, stdout: '', stderr: 'Stopped by SIGINT.\n' });
    const part = expect.stringMatching(/^target\.partial-\w+$/) as string;
    const journal = expect.stringMatching(/^target\.partial-\w+-journal$/) as string;
    expect(written.toSorted()).toEqual([part, journal]);
    expect(filesOf(path, ['', '-wal'])).toEqual(before);
    expect(readdirSync(folder)).toEqual([]);
  });

  test('it backs up a database without a log, such as a backup', async () => {
    const [path, first, second] = [newDatabasePath(), newDatabasePath(), newDatabasePath()];
    await fillDatabase(path, ['a']);
    for (const [from, to] of [
      [path, first],
      [first, second],
    ] as const) {
      expect(await seenInProcess(['backup', to, '--database', from])).toMatchObject({ exitCode: 0 });
    }
    expect(await (await openStore(second)).filterUnseen(['a', 'b'])).toEqual(['b']);
  });

  test('nothing expires by a backup, whatever the TTL', async () => {
    const path = newDatabasePath();
    const store = await openStore(path);
    await store.markSeen('old', 1_000_000_000);
    await store.close();
    const [target, env] = [newDatabasePath(), { SEEN_TTL_DAYS: '1' }];
    expect(await seenInProcess(['backup', target, '--database', path], { env })).toMatchObject({ exitCode: 0 });
    for (const file of [path, target]) {
      const opened = await openStore(file);
      expect(await opened.isSeen('old')).toBe(true);
      await opened.close();
    }
  });

  test('without --database it backs up the database that the environment names', async () => {
    const [named, target] = [newDatabasePath(), newDatabasePath()];
    await fillDatabase(named, ['named']);
    const env = { SEEN_DB_PATH: named };
    expect(await seenInProcess(['backup', target], { env })).toMatchObject({ exitCode: 0 });
    expect(await (await openStore(target)).isSeen('named')).toBe(true);
  });

  test('without any name it looks for the default file in its folder, and reads no .env file there', async () => {
    const folder = temporaryFolder();
    await fillDatabase(join(folder, 'other.sqlite'), ['other']);
    writeFileSync(join(folder, '.env'), 'SEEN_DB_PATH=other.sqlite\n');
    const problem = `There is no database at ${folder}/data/seen_ids.sqlite.`;
    expect(await seen(['backup', 'copy'], { cwd: folder })).toEqual({
      exitCode: 1,
      stdout: '',
      stderr: `${problem} Look at --database, SEEN_DB_URL or SEEN_DB_PATH.\n`,
    });
  });

  test('a database that does not exist is not created', async () => {
    const folder = temporaryFolder();
    const outcome = await seenInProcess([
      'backup',
      join(folder, 'target'),
      '--database',
      join(folder, 'none/seen.sqlite'),
    ]);
    expect(outcome).toEqual({
      exitCode: 1,
      stdout: '',
      stderr: `There is no database at ${folder}/none/seen.sqlite. Look at --database.\n`,
    });
    expect(readdirSync(folder)).toEqual([]);
  });

  test('a file that exists is replaced with --force, and only then', async () => {
    const [path, target] = [newDatabasePath(), newDatabasePath()];
    await fillDatabase(path, ['a']);
    writeFileSync(target, 'a backup of yesterday');
    expect(await seenInProcess(['backup', target, '--database', path])).toEqual({
      exitCode: 2,
      stdout: '',
      stderr: `A backup cannot be written to ${target}: it exists. Choose another name, or add --force to replace it.\n`,
    });
    expect(await seenInProcess(['backup', target, '--database', path, '--force'])).toMatchObject({ exitCode: 0 });
    expect(await (await openStore(target)).isSeen('a')).toBe(true);
  });

  test.each([
    ['a file that is no database', (path: string) => writeFileSync(path, 'notes\n'.repeat(1_000)), 'not a SQLite'],
    ['an empty file', (path: string) => writeFileSync(path, ''), 'no table "seen"'],
    ['a folder', (path: string) => mkdirSync(path), 'it is a folder'],
  ])('%s is refused as a database, and stays', async (_, make, problem) => {
    const [path, folder] = [newDatabasePath(), temporaryFolder()];
    make(path);
    const { size } = statSync(path);
    const { exitCode, stderr } = await seenInProcess(['backup', join(folder, 'target'), '--database', path]);
    expect(exitCode).toBe(1);
    expect(stderr).toContain(problem);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(statSync(path).size).toBe(size);
    expect(readdirSync(folder)).toEqual([]);
  });

  test('a damaged database is not set aside by a backup, which fails', async () => {
    const [path, folder] = [newDatabasePath(), temporaryFolder()];
    await fillDatabase(path, ids('id', 2_000));
    damagePages(path);
    const before = readdirSync(join(path, '..'));
    const { exitCode, stderr } = await seenInProcess(['backup', join(folder, 'target'), '--database', path]);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/damaged|malformed/);
    expect(readdirSync(join(path, '..'))).toEqual(before);
    expect(readdirSync(folder)).toEqual([]);
  });
});
