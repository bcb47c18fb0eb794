import { hostname } from 'node:os';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, onTestFinished, test } from 'vitest';

import { newDatabasePath, openStore } from '../support/database-file.ts';
import { emptyDatabase } from '../support/empty-database.ts';
import { filledDatabase, rowsOf } from '../support/filled-database.ts';
import { openSeenStore } from '../../src/store/index.ts';
import { resolveSqliteOptions } from '../../src/store/options.ts';
import { ids } from '../support/ids.ts';
import { ownSchema } from '../support/postgres.ts';
import { seenInProcess } from '../support/seen-in-process.ts';
import { stoppedHalfway } from '../support/stopped-command.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const noServer = { url: undefined, schema: undefined };

const rowsAt = (path: string) => rowsOf(resolveSqliteOptions({ path }, {}));

describe('seen export and seen import', () => {
  test('a database becomes lines of JSON, and these another database', async () => {
    const { path } = await filledDatabase();
    const [file, target] = [join(temporaryFolder(), 'seen.jsonl'), newDatabasePath()];
    const exported = await seenInProcess(['export', file, '--database', path]);
    expect(exported).toMatchObject({
      exitCode: 0,
      stdout: expect.stringMatching(/^Exported \d+ rows to .*seen\.jsonl\.\n$/) as string,
    });
    const args = ['import', file, '--database', target];
    const imported = await seenInProcess(args);
    expect(imported).toMatchObject({
      exitCode: 0,
      stdout: expect.stringMatching(/^Imported (\d+) rows\. \1 had to be/) as string,
    });
    expect(await seenInProcess(args)).toMatchObject({
      stdout: expect.stringContaining('All of them were there already.') as string,
    });
    expect(await rowsAt(target)).toEqual(await rowsAt(path));
    expect(await seenInProcess([...args, '--move'])).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('is in no service') as string,
    });
  });

  test('--move takes the other database out of service, which stats tells, and --reopen brings it back', async () => {
    const { path } = await filledDatabase();
    const target = newDatabasePath();
    const moved = await seenInProcess(['import', path, '--database', target, '--move']);
    expect(moved).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('Start the bot on this one.') as string,
    });
    await expect(openStore(path)).rejects.toThrow(`it was moved to ${target}`);
    const stats = await seenInProcess(['stats', '--database', path]);
    expect(stats.stdout).toMatch(new RegExp(`^Out of service +it was moved to ${target} on `, 'm'));
    expect(await seenInProcess(['migrate', '--reopen', '--database', path])).toMatchObject({ exitCode: 0 });
    await openStore(path);
  });

  test('a file that is neither a database nor an export is refused', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'notes'), 'hello');
    writeFileSync(join(folder, 'empty'), '');
    const target = newDatabasePath();
    for (const [from, problem, code] of [
      ['notes', 'is neither a SQLite file nor one that "seen export" has made', 2],
      ['empty', 'is empty', 2],
      ['missing', 'There is no file', 1],
    ] as const) {
      const { exitCode, stderr } = await seenInProcess(['import', join(folder, from), '--database', target]);
      expect({ exitCode, stderr }).toEqual({ exitCode: code, stderr: expect.stringContaining(problem) as string });
    }
    expect(existsSync(target)).toBe(false);
  });

  test('standard output is no place for an export: only a file can be there when it is complete', async () => {
    const { path } = await filledDatabase();
    const { exitCode, stderr } = await seenInProcess(['export', '-', '--force', '--database', path]);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('<to> is "-", but must be a file');
  });

  test('Ctrl-C ends an import with a word, and it goes on when it is run again', async () => {
    const { path } = await filledDatabase();
    const store = await openStore(path);
    await store.markSeen(ids('many', 4_000));
    await store.close();
    const target = newDatabasePath();
    const args = ['import', path, '--database', target];
    const outcome = await seenInProcess(args, stoppedHalfway());
    expect(outcome).toEqual({ exitCode: 1, stdout: '', stderr: 'Stopped by SIGINT.\n' });
    const brought = (await rowsAt(target))['seen']?.length;
    expect(brought).toBeGreaterThan(0);
    expect(brought).toBeLessThan(4_000);
    await expect(openStore(target)).rejects.toThrow('has not ended. Run it again');
    expect(await seenInProcess(args)).toMatchObject({ exitCode: 0 });
    expect(await rowsAt(target)).toEqual(await rowsAt(path));
  });
});

describe('seen stats and seen why', () => {
  test('stats tells what the database has, for people and for programs, and changes nothing', async () => {
    const { path } = await filledDatabase();
    const before = readFileSync(path);
    const { stdout } = await seenInProcess(['stats', '--database', path]);
    for (const line of [
      `Database +${path} \\(sqlite\\)`,
      'Remembered +48 ids',
      'Items .*1 failed',
      'Failing: source:filings +since .*: down',
    ])
      expect(stdout).toMatch(new RegExp(`^${line}`, 'm'));
    const json = await seenInProcess(['stats', '--json', '--database', path]);
    expect(JSON.parse(json.stdout)).toMatchObject({
      backend: 'sqlite',
      rows: 48,
      ledger: { failed: 1 },
      incidents: [{ subject: 'source:filings' }],
      outOfService: null,
    });
    expect(readFileSync(path)).toEqual(before);
  });

  test.each(['SQLite', 'PostgreSQL'])('stats tells which process leads each feed, on %s', async (backend) => {
    const { url, schema } = backend === 'SQLite' ? noServer : await ownSchema();
    const path = url === undefined ? newDatabasePath() : undefined;
    const store = await openSeenStore({ path, url, schema });
    onTestFinished(() => store.close());
    await store.leadership.campaign('filings');
    const args = ['--database', path ?? url ?? '', ...(schema === undefined ? [] : ['--schema', schema])];
    const { stdout } = await seenInProcess(['stats', ...args]);
    expect(stdout).toMatch(new RegExp(`^Leader of filings +process ${process.pid} on ${hostname()}, since 2`, 'm'));
    const isServer = url !== undefined;
    expect(/^Dead rows +\d+ wait for a vacuum.*: (never|\d+ \w+ ago)$/m.test(stdout)).toBe(isServer);
    expect(/^Oldest transaction +(none|open for)/m.test(stdout)).toBe(isServer);
    const json = await seenInProcess(['stats', '--json', ...args]);
    expect(JSON.parse(json.stdout)).toMatchObject({
      leaders: [{ name: 'filings', host: hostname(), process: String(process.pid) }],
    });
  });

  test('why tells the state of an item, in each feed that has one with the id', async () => {
    const { path } = await filledDatabase();
    const failed = await seenInProcess(['why', 'failed', '--database', path]);
    expect(failed.stdout).toMatch(/^State +failed; \/seen retry tries again$/m);
    expect(failed.stdout).toMatch(/^Channel 100 +failed: no such channel: "x"/m);
    const both = await seenInProcess(['why', 'posted', '--json', '--database', path]);
    expect(JSON.parse(both.stdout)).toMatchObject([{ feed: 'filings', entry: { state: 'posted' } }, { feed: 'news' }]);
    const unknown = await seenInProcess(['why', 'never', '--database', path]);
    expect(unknown).toMatchObject({ exitCode: 0, stdout: 'never\n  Nothing is known about it.\n' });
  });

  test('the file of an earlier program, or of a newer version, is not taken for one that can be asked', async () => {
    const path = newDatabasePath();
    const db = new Database(path);
    db.exec('CREATE TABLE seen (id TEXT PRIMARY KEY, ts INTEGER)');
    db.close();
    const { exitCode, stderr } = await seenInProcess(['stats', '--database', path]);
    expect({ exitCode, stderr }).toEqual({
      exitCode: 1,
      stderr: expect.stringContaining('Run "seen migrate" on it') as string,
    });
    expect(await seenInProcess(['migrate', '--database', path])).toMatchObject({ exitCode: 0 });
    expect(await seenInProcess(['stats', '--database', path])).toMatchObject({ exitCode: 0 });
    const newer = emptyDatabase();
    const other = new Database(newer);
    other.exec('INSERT INTO seen_migration VALUES (999, 0)');
    other.close();
    const refused = await seenInProcess(['why', 'a', '--database', newer]);
    expect(refused).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('a newer version of this package') as string,
    });
  });
});
