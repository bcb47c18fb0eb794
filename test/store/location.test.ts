import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';

import { openSeenStore, SeenConfigError, SeenStoreOpenError } from '../../src/store/index.ts';
import { fillDatabase, newDatabasePath, openStore } from '../support/database-file.ts';
import { linux } from '../support/requirement.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** The error with which a store is refused there. */
async function refusal(path: unknown): Promise<Error> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- as a program without types passes it
  const outcome = await openSeenStore({ path: path as string }).catch((error: unknown) => error);
  if (!(outcome instanceof Error)) throw new Error('the store opened');
  return outcome;
}

describe('a path that cannot mean a file', () => {
  test.each([
    ['', /^path is empty\. Name a file/],
    [' \t\r\n', /^path is empty/],
    ['-', /must be a file: standard input and output are not used/],
    [':memory:', /must be a file: a store in memory/],
    [' :Memory: ', /must be a file: a store in memory/],
    ['file::memory:?cache=shared', /must be a file: a store in memory/],
    ['file:///srv/seen.sqlite?mode=rwc', /^path is a URL \(file:…\).*Write: \/srv\/seen\.sqlite$/],
    ['sqlite://data/seen.sqlite', /^path is a URL \(sqlite:…\).*Write: data\/seen\.sqlite$/],
    ['FILE:seen.sqlite', /Write: seen\.sqlite$/],
    ['s3://bucket/seen.sqlite', /^path is a URL \(s3:…\), but must be a path\. The store is a SQLite file\.$/],
    ['~/seen.sqlite', /only a shell knows what ~ means\. Write: .*[\\/]seen\.sqlite$/],
    ['~', /only a shell knows what ~ means/],
    ['~bot/seen.sqlite', /only a shell knows what ~ means\. Write the home folder out/],
    ['"data/seen.sqlite"', /quotation marks.*without: data\/seen\.sqlite$/],
    ["'data/seen.sqlite", /quotation marks.*without: data\/seen\.sqlite$/],
    ['“data/seen.sqlite”', /quotation marks.*without: data\/seen\.sqlite$/],
    ['$HOME/seen.sqlite', /only a shell replaces \$HOME\. Write its value/],
    ['data/${STAGE:-dev}/seen.sqlite', /only a shell replaces \$\{STAGE:-dev\}\. Write/],
    ['$(pwd)/seen.sqlite', /only a shell replaces \$\(pwd\)\. Write/],
    ['%APPDATA%/seen.sqlite', /only a shell replaces %APPDATA%/],
    ['data\new.sqlite', /U\+000A.*a backslash is written twice/],
    ['data/seen\u0000.sqlite', /U\+0000/],
    ['data/\uD83D.sqlite', /U\+D83D/],
    ['data/seen.sqlite # the store', /only a shell leaves a comment out\. Write it without: data\/seen\.sqlite$/],
    ['data/seen.sqlite\t#see docs/x', /Write it without: data\/seen\.sqlite$/],
    ['"data/seen.sqlite" # on the volume /data', /Write it without: data\/seen\.sqlite$/],
    ['data/seen # what was posted', /Write it without: data\/seen$/],
    ['# data/seen.sqlite', /only a shell leaves a comment out\. Name a file\.$/],
    ['data/seen.sqlite\u200B', /U\+200B/],
    ['data/seen.sqlite\u200E', /U\+200E/],
    ['\u202Adata/seen.sqlite', /U\+202A/],
    ['data\u00AD/seen.sqlite', /U\+00AD/],
    ['data/seen\uFEFF.sqlite', /U\+FEFF/],
    ['data/', /^path is "data\/", a folder\. Add a file's name: data.seen_ids\.sqlite/],
    ['..', /a folder\. Add a file's name/],
    ['data/.', /a folder\. Add a file's name/],
    ['/', /a folder\. Add a file's name: .seen_ids\.sqlite/],
    ['data/seen.sqlite-wal', /Name the database: data\/seen\.sqlite$/],
    ['data/seen.sqlite.lock', /Name the database: data\/seen\.sqlite$/],
    [null, /^path must be a string, but is null/],
    [7, /^path must be a string, but is 7\./],
    [Buffer.from('data/seen.sqlite'), /^path must be a string, but is <Buffer /],
    [new URL('file:///data/seen.sqlite'), /^path is a URL object.*fileURLToPath/],
  ])('the path %j is refused with what to do', async (path, message) => {
    const error = await refusal(path);
    expect(error).toBeInstanceOf(SeenConfigError);
    expect(error.message).toMatch(message);
  });

  test.skipIf(process.platform === 'win32').each(['C:\\bot\\seen.sqlite', 'C:/bot/seen.sqlite', 'data\\seen.sqlite'])(
    'the path %j of Windows is refused elsewhere',
    async (path) => {
      expect((await refusal(path)).message).toMatch(/a path of Windows/);
    },
  );

  test.each(['postgres://bot:s3cret@db/seen', '"redis://:s3cret@cache"'])(
    'a URL that may hold a password is refused without being repeated: %s',
    async (url) => {
      const { message } = await refusal(url);
      expect(message).toMatch(/^path is a URL \((postgres|redis):…\), but must be a path/);
      expect(message).not.toContain('s3cret');
    },
  );

  test('a path that came from the environment is refused by the name of its variable', async () => {
    vi.stubEnv('SEEN_DB_PATH', '~/seen.sqlite');
    onTestFinished(() => void vi.unstubAllEnvs());
    await expect(openSeenStore()).rejects.toThrow(/^SEEN_DB_PATH is "~\/seen\.sqlite"/);
    await expect(openSeenStore({ path: '~' })).rejects.toThrow(/^path is/);
  });
});

describe('a path with more around it', () => {
  test.each(['  %s  ', '%s\r', '\uFEFF%s\n'])('white space around a path is no part of it: %j', async (text) => {
    const path = newDatabasePath();
    await fillDatabase(path, ['a']);
    const store = await openStore(text.replace('%s', path));
    expect(await store.stats()).toMatchObject({ location: path, rows: 1 });
    await store.markSeen('b');
    expect(readdirSync(dirname(path)).filter((name) => name.trim() !== name)).toEqual([]);
  });

  test('a variable that holds nothing but the end of a line counts as not set', async () => {
    const path = newDatabasePath();
    vi.stubEnv('SEEN_DB_PATH', '\r');
    onTestFinished(() => void vi.unstubAllEnvs());
    const store = await openSeenStore({ path });
    expect(await store.stats()).toMatchObject({ location: path });
    await store.close();
  });

  test.each(['ein Bot # 1/ü %20 ?x=1&y.sqlite', "it's/[seen]{1}.sqlite", '~seen.sqlite', 'a$b 50%/seen;.sqlite'])(
    'an unusual name is a name: %s',
    async (name) => {
      const path = join(temporaryFolder(), name);
      await fillDatabase(path, ['a']);
      expect(statSync(path).isFile()).toBe(true);
      expect(await (await openStore(path)).isSeen('a')).toBe(true);
    },
  );
});

describe('a place where no database can be', () => {
  async function expectRefusedAt(path: string, message: RegExp): Promise<void> {
    const error = await refusal(path);
    expect(error).toBeInstanceOf(SeenStoreOpenError);
    expect(error.message).toMatch(message);
  }

  test('a link that leads in a circle is refused', async () => {
    const folder = temporaryFolder();
    symlinkSync('b.sqlite', join(folder, 'a.sqlite'));
    symlinkSync('a.sqlite', join(folder, 'b.sqlite'));
    await expectRefusedAt(join(folder, 'a.sqlite'), /links on its path lead in a circle/);
    expect(readdirSync(folder)).toEqual(['a.sqlite', 'b.sqlite']);
  });

  test('a link to a folder is refused', async () => {
    const folder = temporaryFolder();
    symlinkSync('.', join(folder, 'seen.sqlite'));
    await expectRefusedAt(join(folder, 'seen.sqlite'), /it is a folder/);
  });

  test.each([
    ['a name that is too long by itself', `new/${'x'.repeat(300)}.sqlite`],
    ['a name that is too long with what the files beside it add', `new/${'x'.repeat(230)}.sqlite`],
    ['a folder with a name that is too long', `new/${'ü'.repeat(130)}/seen.sqlite`],
  ])('%s is refused, and no folder is made', async (_, name) => {
    const folder = temporaryFolder();
    await expectRefusedAt(join(folder, name), /a name on its path is too long/);
    expect(readdirSync(folder)).toEqual([]);
  });

  test('a path that is too long for SQLite is refused, and one that is not has room for a copy', async () => {
    const folder = temporaryFolder();
    const deep = join(folder, ...Array.from({ length: 8 }, () => 'd'.repeat(50)));
    const nameFor = (length: number): string => `${'x'.repeat(length - deep.length - 1 - '.sqlite'.length)}.sqlite`;
    await expectRefusedAt(join(deep, nameFor(487)), /longer than 486 bytes/);
    expect(readdirSync(folder)).toEqual([]);
    const longest = join(deep, nameFor(486));
    const store = await openStore(longest);
    await store.markSeen('a');
    rmSync(longest);
    await store.markSeen('b');
    expect(await (await openStore(longest)).filterUnseen(['a', 'b', 'c'])).toEqual(['c']);
  });

  test.skipIf(linux.missing)(`a device, a pipe and a place in /dev are refused${linux.note}`, async () => {
    const pipe = join(temporaryFolder(), 'pipe.sqlite');
    execFileSync('mkfifo', [pipe]);
    for (const path of [pipe, '/dev/null']) await expectRefusedAt(path, /device, a pipe or a socket/);
    await expectRefusedAt('/dev/seen.sqlite', /gone after the next start of the machine/);
    expect(existsSync('/dev/seen.sqlite')).toBe(false);
  });

  test.skipIf(linux.missing)(`a folder whose name is not UTF-8 is refused${linux.note}`, async () => {
    const folder = temporaryFolder();
    mkdirSync(Buffer.concat([Buffer.from(`${folder}/`), Buffer.from([0xfc])]));
    symlinkSync(Buffer.from([0xfc]), join(folder, 'link'));
    await expectRefusedAt(join(folder, 'link/seen.sqlite'), /is not UTF-8/);
  });

  test('a link to a file whose name ends in a space is refused, since SQLite would be given another', async () => {
    const folder = temporaryFolder();
    symlinkSync('seen.sqlite ', join(folder, 'link.sqlite'));
    await expectRefusedAt(join(folder, 'link.sqlite'), /white space ends the name/);
  });
});

/** Modules of the store, for a program in a process of its own. */
const storeModule = JSON.stringify(new URL('../../src/store/index.ts', import.meta.url).href);
const optionsModule = JSON.stringify(new URL('../../src/store/options.ts', import.meta.url).href);
const backupModule = JSON.stringify(new URL('../../src/store/backup-database.ts', import.meta.url).href);

test.each(['bots #1/seen.sqlite', 'seen #1.sqlite', 'v1.2 #3/seen #4', 'seen#1', 'می‌خواهم.sqlite', '👩‍🚀/❤️.sqlite'])(
  'the path %j, of which each character is meant, is that of a store',
  async (name) => {
    const path = join(temporaryFolder(), name);
    const store = await openSeenStore({ path });
    onTestFinished(() => store.close());
    expect((await store.stats()).location).toBe(path);
  },
);

describe('a working directory that was deleted', () => {
  /** Runs a program in such a one, and returns the outcomes that it prints. */
  function runInDeletedFolder(calls: string): unknown {
    const [folder, program] = [join(temporaryFolder(), 'start'), join(temporaryFolder(), 'program.mjs')];
    mkdirSync(folder);
    writeFileSync(
      program,
      `const { openSeenStore } = await import(${storeModule});
       const { backupDatabase } = await import(${backupModule});
       const { resolveSqliteOptions } = await import(${optionsModule});
       const backup = async (path, to) => backupDatabase(resolveSqliteOptions({ path }, {}), to, {});
       const outcome = (promise) => promise.then(() => 'done', ({ code, message }) => code + ': ' + message);
       ${calls}`,
    );
    const deleteAndRun = 'rmdir "$PWD" && exec "$0" --no-warnings "$1"';
    const stdout = execFileSync('sh', ['-c', deleteAndRun, process.execPath, program], {
      cwd: folder,
      encoding: 'utf8',
    });
    return JSON.parse(stdout);
  }

  test('a relative path is refused with what to do', () => {
    const calls = "console.log(JSON.stringify(await outcome(backup('data/a.sqlite', '/b.sqlite'))));";
    expect(runInDeletedFolder(calls)).toMatch(
      /^SEEN_STORE_OPEN: The seen store data\/a\.sqlite could not be opened: .*was deleted\. Start the bot in a folder/,
    );
  });

  test('a backup of a database with an absolute path is made, to a file with an absolute path', async () => {
    const [path, target] = [newDatabasePath(), newDatabasePath()];
    await fillDatabase(path, ['a']);
    const from = JSON.stringify(path);
    const calls = `console.log(JSON.stringify([
      await outcome(backup(${from}, 'b.sqlite')),
      await outcome(backup(${from}, ${JSON.stringify(target)})),
    ]));`;
    expect(runInDeletedFolder(calls)).toEqual([
      'SEEN_INPUT: The path of a backup is "b.sqlite", but the working directory was deleted. Name an absolute path.',
      'done',
    ]);
  });

  test('it is not made again for a store with a relative path, where Node still remembers its name', () => {
    const folder = temporaryFolder();
    const calls = `
      const { mkdirSync, rmdirSync, existsSync } = await import('node:fs');
      const folder = ${JSON.stringify(join(folder, 'gone'))};
      mkdirSync(folder);
      process.chdir(folder);
      process.cwd();
      rmdirSync(folder);
      console.log(JSON.stringify(await outcome(openSeenStore({ path: 'data/a.sqlite' }))));`;
    expect(runInDeletedFolder(calls)).toMatch(
      /^SEEN_STORE_OPEN: .*was deleted\. Start the bot in a folder that exists/,
    );
    expect(readdirSync(folder)).toEqual([]);
  });
});

test('a relative path counts from the working directory at open, and a later chdir changes nothing', async () => {
  const folder = temporaryFolder();
  for (const name of ['start', 'later']) mkdirSync(join(folder, name));
  const program = `
    const { openSeenStore } = await import(${storeModule});
    const [written, untouched] = [await openSeenStore({ path: 'data/a.sqlite' }), await openSeenStore({ path: './b.sqlite' })];
    await written.markSeen('before');
    process.chdir('../later');
    await written.markSeen('after');
    await untouched.markSeen('first write');
    const other = await openSeenStore({ path: '../start/data/a.sqlite' });
    console.log(JSON.stringify([await other.filterUnseen(['before', 'after', 'new']), (await untouched.stats()).location]));
    for (const store of [written, untouched, other]) await store.close();`;
  const args = ['--no-warnings', '--input-type=module', '--eval', program];
  const stdout = execFileSync(process.execPath, args, { cwd: join(folder, 'start'), encoding: 'utf8' });
  expect(JSON.parse(stdout)).toEqual([['new'], join(folder, 'start/b.sqlite')]);
  expect(readdirSync(join(folder, 'later'))).toEqual([]);
});
