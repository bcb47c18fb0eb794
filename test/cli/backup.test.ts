import type { ChildProcess } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';

import { damagePages, fillDatabase, newDatabasePath, openStore } from '../support/database-file.ts';
import { ids } from '../support/ids.ts';
import { seen } from '../support/seen-command.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** The names and contents of files, by the end of their names. */
function filesOf(path: string, suffixes: readonly string[]): Record<string, string | undefined> {
  const read = (file: string): string | undefined => (existsSync(file) ? readFileSync(file, 'hex') : undefined);
  return Object.fromEntries(suffixes.map((suffix) => [suffix, read(`${path}${suffix}`)]));
}

/** Sends a signal to the program as soon as something lies in the folder. */
function killOnceIn(folder: string, signal: 'SIGINT' | 'SIGTERM'): { onStart: (child: ChildProcess) => void } {
  let watching = true;
  onTestFinished(() => void (watching = false));
  return {
    onStart: (child) => {
      const look = (): void => {
        if (readdirSync(folder).length > 0) child.kill(signal);
        else if (watching) setImmediate(look);
      };
      look();
    },
  };
}

describe('seen backup', () => {
  test('it backs up the database of a running bot, which goes on', async () => {
    const path = newDatabasePath();
    const store = await openStore(path);
    await store.markSeen(['a', 'b']);
    const target = newDatabasePath();
    const { exitCode, stdout, stderr } = await seen(['backup', target, '--db', path]);
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
    expect(await seen(['backup', target, '--db', path])).toMatchObject({ exitCode: 0 });
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
      expect(await seen(['backup', target, '--db', path, ...flags])).toMatchObject({ exitCode: 0, stderr: '' });
      expect({ ...filesOf(path, ['', '-wal']), time: statSync(path).mtimeMs }).toEqual(before);
    }
    expect(await (await openStore(target)).stats()).toMatchObject({ rows: 300 });
    expect(await (await openStore(path)).stats()).toMatchObject({ rows: 300 });
  });

  test('a backup that is stopped halfway leaves the log of a killed bot as it was', async () => {
    const [path, running, folder] = [newDatabasePath(), newDatabasePath(), temporaryFolder()];
    const store = await openStore(running);
    await store.markSeen(ids('x'.repeat(500), 20_000));
    for (const suffix of ['', '-wal']) copyFileSync(`${running}${suffix}`, `${path}${suffix}`);
    const before = filesOf(path, ['', '-wal']);
    const outcome = await seen(['backup', join(folder, 'target'), '--db', path], killOnceIn(folder, 'SIGTERM'));
    expect(outcome).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('Stopped by SIGTERM.') });
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
      expect(await seen(['backup', to, '--db', from])).toMatchObject({ exitCode: 0 });
    }
    expect(await (await openStore(second)).filterUnseen(['a', 'b'])).toEqual(['b']);
  });

  test('nothing expires by a backup, whatever the TTL', async () => {
    const path = newDatabasePath();
    const store = await openStore(path);
    await store.markSeen('old', 1_000_000_000);
    await store.close();
    const [target, env] = [newDatabasePath(), { SEEN_TTL_DAYS: '1' }];
    expect(await seen(['backup', target, '--db', path], { env })).toMatchObject({ exitCode: 0 });
    for (const file of [path, target]) {
      const opened = await openStore(file);
      expect(await opened.isSeen('old')).toBe(true);
      await opened.close();
    }
  });

  test('without --db it backs up the database that the environment names, and reads no .env file', async () => {
    const folder = temporaryFolder();
    await fillDatabase(join(folder, 'named.sqlite'), ['named']);
    await fillDatabase(join(folder, 'other.sqlite'), ['other']);
    writeFileSync(join(folder, '.env'), 'SEEN_DB_PATH=other.sqlite\n');
    const env = { SEEN_DB_PATH: 'named.sqlite' };
    expect(await seen(['backup', 'first'], { cwd: folder, env })).toMatchObject({ exitCode: 0 });
    expect(await (await openStore(join(folder, 'first'))).isSeen('named')).toBe(true);
    const explicit = ['backup', 'second', '--db', 'other.sqlite'];
    expect(await seen(explicit, { cwd: folder, env })).toMatchObject({ exitCode: 0 });
    expect(await (await openStore(join(folder, 'second'))).isSeen('other')).toBe(true);
    expect(await seen(['backup', 'third'], { cwd: folder })).toMatchObject({
      exitCode: 1,
      stderr: `There is no database at ${folder}/data/seen_ids.sqlite. Set SEEN_DB_PATH, or name the file of a store.\n`,
    });
  });

  test('a database that does not exist is not created', async () => {
    const folder = temporaryFolder();
    const outcome = await seen(['backup', join(folder, 'target'), '--db', join(folder, 'none/seen.sqlite')]);
    expect(outcome).toEqual({
      exitCode: 1,
      stdout: '',
      stderr: `There is no database at ${folder}/none/seen.sqlite. Set SEEN_DB_PATH, or name the file of a store.\n`,
    });
    expect(readdirSync(folder)).toEqual([]);
  });

  test('a file that exists is replaced with --force, and only then', async () => {
    const [path, target] = [newDatabasePath(), newDatabasePath()];
    await fillDatabase(path, ['a']);
    writeFileSync(target, 'a backup of yesterday');
    expect(await seen(['backup', target, '--db', path])).toEqual({
      exitCode: 2,
      stdout: '',
      stderr: `A backup cannot be written to ${target}: it exists. Choose another name, or have it overwritten (overwrite: true, --force).\n`,
    });
    expect(await seen(['backup', target, '--db', path, '--force'])).toMatchObject({ exitCode: 0 });
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
    const { exitCode, stderr } = await seen(['backup', join(folder, 'target'), '--db', path]);
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
    const { exitCode, stderr } = await seen(['backup', join(folder, 'target'), '--db', path]);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/damaged|malformed/);
    expect(readdirSync(join(path, '..'))).toEqual(before);
    expect(readdirSync(folder)).toEqual([]);
  });

  test('SIGINT or SIGTERM halfway leaves nothing', async () => {
    const [path, folder] = [newDatabasePath(), temporaryFolder()];
    await fillDatabase(path, ids('x'.repeat(500), 20_000));
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      const outcome = await seen(['backup', join(folder, 'target'), '--db', path], killOnceIn(folder, signal));
      // On a busy machine it has shown how far it is.
      const stderr = expect.stringMatching(new RegExp(`^(Copied .*\n)*Stopped by ${signal}\\.\n$`));
      expect(outcome).toEqual({ exitCode: 1, stdout: '', stderr });
      expect(readdirSync(folder)).toEqual([]);
    }
  });
});

describe('the command line', () => {
  test('--help tells the subcommands, and --help of one tells its options, its defaults and the exit codes', async () => {
    const program = await seen(['--help']);
    expect(program).toMatchObject({ exitCode: 0, stderr: '' });
    expect(program.stdout).toContain('backup [options] <destination>');
    const backup = await seen(['backup', '--help']);
    expect(await seen(['help', 'backup'])).toEqual(backup);
    expect(backup).toMatchObject({ exitCode: 0, stderr: '' });
    for (const part of ['--db <path>', 'SEEN_DB_PATH', 'data/seen_ids.sqlite', '--force', 'Exit codes: 0', '1', '2']) {
      expect(backup.stdout).toContain(part);
    }
  });

  test('--version is that of the package', async () => {
    const { default: manifest } = await import('../../package.json', { with: { type: 'json' } });
    expect(await seen(['--version'])).toEqual({ exitCode: 0, stdout: `${manifest.version}\n`, stderr: '' });
  });

  test.each([
    [[], 'Usage: seen'],
    [['restore'], "unknown command 'restore'"],
    [['backup'], "missing required argument 'destination'"],
    [['backup', 'a', 'b'], 'too many arguments'],
    [['backup', 'a', '--dp', 'x'], "unknown option '--dp' (the options are --db, --force, --help)"],
    [['backup', 'a', '--db'], "option '--db <value>' argument missing"],
    [['backup', 'a', '--force=yes'], "option '--force' does not take an argument"],
    [['backup', 'a', '-h'], "unknown option '-h'"],
    [['--bogus'], "unknown option '--bogus'"],
    [['help', 'restore'], "unknown command 'restore'"],
    [['backup', 'a', '--db', '~/seen.sqlite'], '--db is "~/seen.sqlite", which begins with ~'],
    [['backup', ''], 'The path of a backup is empty'],
  ])('%j ends with exit code 2, and says why', async (args, reason) => {
    const [folder, path] = [temporaryFolder(), newDatabasePath()];
    await fillDatabase(path, ['a']);
    const { exitCode, stdout, stderr } = await seen(args, { cwd: folder, env: { SEEN_DB_PATH: path } });
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toContain(reason);
    expect(readdirSync(folder)).toEqual([]);
  });

  test('on a Node that the native module would end, one sentence names the Node that it needs', async () => {
    const older =
      "Object.defineProperty(process, 'versions', { value: { ...process.versions, napi: '9', node: '20.1.0' } })";
    const nodeOptions = ['--import', `data:text/javascript,${encodeURIComponent(older)}`];
    const path = newDatabasePath();
    await fillDatabase(path, ['a']);
    const target = newDatabasePath();
    expect(await seen(['backup', target, '--db', path], { nodeOptions })).toEqual({
      exitCode: 1,
      stdout: '',
      stderr: expect.stringMatching(
        /^Node 20\.1\.0 lacks Node-API 10, .* Install Node 22\.14 or a later 22, or 23\.6 .*\.\n$/,
      ) as unknown,
    });
    expect(existsSync(target)).toBe(false);
  });
});
