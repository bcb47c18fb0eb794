import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { describe, expect, onTestFinished, test, vi } from 'vitest';

import { resolveSqliteOptions } from '../../src/store/options.ts';
import { isOwnSchema } from '../../src/store/sqlite/file/migrate.ts';
import { schemaDigest } from '../../src/store/sqlite/file/own-tables.ts';
import { openSeenStore, SeenConfigError, SeenStoreOpenError, type SeenStoreOptions } from '../../src/store/index.ts';
import { newDatabasePath } from '../support/database-file.ts';
import { ids } from '../support/ids.ts';
import { markInProcess } from '../support/marking-process.ts';
import { RecordingLogger } from '../support/recording-logger.ts';
import { requirement } from '../support/requirement.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { unprivileged, withoutPrivileges } from '../support/unprivileged.ts';

const proc = requirement(existsSync('/proc/self'), 'no /proc');

async function openError(options: SeenStoreOptions): Promise<Error> {
  const outcome = await openSeenStore(options).catch((error: unknown) => error);
  if (!(outcome instanceof Error)) throw new Error('the store opened');
  return outcome;
}

describe('opening', () => {
  test('opening creates the folder and the file, and logs the names that operators know', async () => {
    const logger = new RecordingLogger();
    const path = join(temporaryFolder(), 'a', 'b', 'seen_ids.sqlite');
    const store = await openSeenStore({ path, logger });
    expect(logger.of('seen_store_initialized')).toMatchObject([{ fields: { path, wal_mode: 'wal' } }]);
    expect(logger.of('seen_store_thread_connection_created')).toMatchObject([{ fields: { thread_id: 0 } }]);
    await store.close();
    expect(logger.of('seen_store_connection_closed')).toMatchObject([{ fields: { path } }]);
  });

  test('a new table has no rowid, and a second migration does no harm', async () => {
    const path = newDatabasePath();
    for (const id of ['a', 'b']) {
      const store = await openSeenStore({ path });
      await store.markSeen(id);
      await store.close();
    }
    const db = new BetterSqlite3(path);
    onTestFinished(() => void db.close());
    expect(db.prepare("SELECT sql FROM sqlite_schema WHERE name = 'seen'").pluck().get()).toMatch(/WITHOUT ROWID/);
    expect(db.prepare('SELECT version FROM seen_migration').pluck().all()).toEqual([
      1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16,
    ]);
    expect(db.prepare('SELECT id FROM seen').pluck().all()).toEqual(['a', 'b']);
  });

  test('a file with the store’s tables alone is known by the digest of its schema, until somebody adds to it', async () => {
    const path = newDatabasePath();
    await (await openSeenStore({ path })).close();
    const db = new BetterSqlite3(path);
    onTestFinished(() => void db.close());
    expect({ digest: schemaDigest(db), isOwn: isOwnSchema(db) }).toEqual({ digest: expect.anything(), isOwn: true });
    db.exec('CREATE TABLE stranger (id)');
    expect(isOwnSchema(db)).toBe(false);
  });

  test('closing truncates the write-ahead log even while another program has the file open', async () => {
    const path = newDatabasePath();
    const store = await openSeenStore({ path });
    const other = new BetterSqlite3(path);
    other.pragma('user_version');
    onTestFinished(() => void other.close());
    await store.markSeen(ids('id', 500));
    expect(statSync(`${path}-wal`).size).toBeGreaterThan(0);
    await store.close();
    expect(statSync(`${path}-wal`).size).toBe(0);
  });

  test('the path and the TTL come from the environment where the options leave them out', async () => {
    const path = join(temporaryFolder(), 'from-env.sqlite');
    vi.stubEnv('SEEN_DB_PATH', path);
    vi.stubEnv('SEEN_TTL_DAYS', '2.5');
    onTestFinished(() => void vi.unstubAllEnvs());
    const store = await openSeenStore();
    onTestFinished(() => store.close());
    expect(await store.stats()).toMatchObject({ location: path, ttlDays: 2.5 });
  });
});

describe('options that cannot work', () => {
  test.each([
    [{ path: ' ' }, /path is empty/],
    [{ ttlDays: 0 }, /^ttlDays must be a number of days above 0.*is 0/],
    [{ ttlDays: Number.NaN }, /^ttlDays must.*NaN/],
    [{ ttlDays: '3' as never }, /^ttlDays must.*is '3'\./],
    [{ busyTimeoutMs: -1 }, /busyTimeoutMs/],
    [{ purgeEveryMs: 0 }, /purgeEveryMs/],
    [{ dbPath: 'a.sqlite' }, /^openSeenStore has no option dbPath\. It has: path, .*pool\.$/],
    [{ ttl: 7 }, /has no option ttl\. .*ttlDays/],
  ])('the options %j are refused', async (options, message) => {
    const error = await openError({ path: newDatabasePath(), ...options });
    expect(error).toBeInstanceOf(SeenConfigError);
    expect(error.message).toMatch(message);
  });
});

async function expectOpenError(path: string, message: RegExp): Promise<void> {
  const logger = new RecordingLogger();
  const error = await openError({ path, logger });
  expect(error).toBeInstanceOf(SeenStoreOpenError);
  expect(error.message).toContain(path);
  expect(error.message).toMatch(message);
  expect(error.cause).toBeDefined();
  expect(logger.of('seen_store_schema_init_failed')).toMatchObject([{ level: 'error', fields: { path } }]);
}

describe('the setting that an error tells to change', () => {
  const option = 'seen.path (path of openSeenStore)';
  const notes = (): string => {
    const path = join(temporaryFolder(), 'notes.txt');
    writeFileSync(path, 'not a database\n'.repeat(50));
    return path;
  };

  test.each([
    ['the option, where it set the path', (path: string) => ({ options: { path }, env: {} }), option],
    ['the variable, where it did', (path: string) => ({ options: {}, env: { SEEN_DB_PATH: path } }), 'SEEN_DB_PATH'],
    [
      'the variable, where a program passed it on',
      (path: string) => ({ options: { path }, env: { SEEN_DB_PATH: ` ${path}` } }),
      'SEEN_DB_PATH',
    ],
    [
      'the option, where it overruled the variable',
      (path: string) => ({ options: { path }, env: { SEEN_DB_PATH: 'other.sqlite' } }),
      option,
    ],
  ])('is %s', async (_what, settings, setting) => {
    const { options, env } = settings(notes());
    for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
    onTestFinished(() => void vi.unstubAllEnvs());
    expect((await openError(options)).message).toContain(`Set ${setting} to another file`);
  });

  test('are both, where neither set the path', () => {
    expect(resolveSqliteOptions({}, {}).pathSetting).toBe(`${option} or SEEN_DB_PATH`);
    expect(resolveSqliteOptions({ path: 'data/seen_ids.sqlite' }, {}).pathSetting).toBe(`${option} or SEEN_DB_PATH`);
  });
});

describe('files that cannot be opened', () => {
  test('a file that is no database is named and left as it is', async () => {
    const path = join(temporaryFolder(), 'notes.txt');
    const content = 'not a database, but the only copy of something\n'.repeat(50);
    writeFileSync(path, content);
    await expectOpenError(
      path,
      /not a SQLite database\. Set seen\.path \(path of openSeenStore\) to another file, or move/,
    );
    expect(readFileSync(path, 'utf8')).toBe(content);
  });

  test('a folder in the place of the file is named by the error', async () => {
    const path = join(temporaryFolder(), 'seen.sqlite');
    mkdirSync(path);
    await expectOpenError(path, /cannot be opened/);
  });

  test('a file in the place of the folder is named by the error', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'data'), '');
    await expectOpenError(join(folder, 'data', 'seen.sqlite'), /is a file, not a folder/);
  });

  test.skipIf(proc.missing)(`a place where no folder can be made is named by the error${proc.note}`, async () => {
    await expectOpenError('/proc/nowhere/seen.sqlite', /folder cannot be created/);
  });

  test('a table "seen" of somebody else is named with its columns', async () => {
    const path = join(temporaryFolder(), 'other.sqlite');
    const db = new BetterSqlite3(path);
    db.exec('CREATE TABLE seen (movie TEXT, rating INTEGER)');
    db.close();
    await expectOpenError(path, /columns movie, rating where id and ts were expected/);
  });

  describe.skipIf(unprivileged.missing)(`permissions${unprivileged.note}`, () => {
    test('a folder that this user may not write is named by the error', async () => {
      const folder = temporaryFolder();
      chmodSync(folder, 0o555);
      const { output, exitCode } = await markInProcess(join(folder, 'seen.sqlite'), { within: withoutPrivileges });
      expect(output).toMatch(/^SEEN_STORE_OPEN: .*folder is writable/);
      expect(exitCode).toBe(1);
    });

    test('a file that this user may only read is named by the error', async () => {
      const folder = temporaryFolder();
      chmodSync(folder, 0o777);
      const path = join(folder, 'seen.sqlite');
      new BetterSqlite3(path).exec('CREATE TABLE other (a)').close();
      chmodSync(path, 0o444);
      const { output, exitCode } = await markInProcess(path, { within: withoutPrivileges });
      expect(output).toMatch(/^SEEN_STORE_OPEN: .*read-only/);
      expect(exitCode).toBe(1);
    });
  });
});
