import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, test } from 'vitest';

import { SeenInputError, systemClock } from '../../../src/store/index.ts';
import { resolveSqliteOptions, type SqliteOptions } from '../../../src/store/options.ts';
import { movableDatabase } from '../../../src/store/databases.ts';
import type { TransferKey, TransferSource } from '../../../src/store/port/transfer.ts';
import { openJsonLines } from '../../../src/store/transfer/jsonl/read.ts';
import { exportRows, type ExportOptions } from '../../../src/store/transfer/jsonl/write.ts';
import { importRows } from '../../../src/store/transfer/move.ts';
import { newDatabasePath } from '../../support/database-file.ts';
import { filledDatabase, rowsOf } from '../../support/filled-database.ts';
import { hostileText, seededRandom } from '../../support/hostile-text.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { NOON } from '../../support/times.ts';

const clock = systemClock;

/** The options of a new file. */
function newFile(): SqliteOptions {
  return resolveSqliteOptions({ path: newDatabasePath() }, {});
}

async function exportTo(path: string, from: SqliteOptions, options: Partial<ExportOptions> = {}): Promise<number> {
  const source = await movableDatabase(from).openSource();
  try {
    return await exportRows(source, path, { at: NOON, ...options });
  } finally {
    await source.close();
  }
}

async function importFrom(path: string, to = newFile()): Promise<SqliteOptions> {
  await importRows({ openSource: () => openJsonLines(path) }, movableDatabase(to), { clock });
  return to;
}

/** Runs SQL on a closed database. */
function change({ path }: SqliteOptions, sql: string, ...values: unknown[]): void {
  const db = new Database(path);
  db.prepare(sql).run(...values);
  db.close();
}

/** A database with so many ids. */
async function largeDatabase(): Promise<SqliteOptions> {
  const file = await filledDatabase();
  change(
    file,
    "INSERT INTO seen SELECT 'id-' || value, value FROM generate_series(1, 5000)".replace(
      'generate_series(1, 5000)',
      '(WITH RECURSIVE n(value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM n WHERE value < 5000) SELECT value FROM n)',
    ),
  );
  return file;
}

describe('a file of JSON lines', () => {
  test('an export and its import lose nothing: neither strange texts, nor large ones, nor large numbers', async () => {
    const file = await filledDatabase();
    const random = seededRandom(1);
    for (let index = 0; index < 50; index += 1) {
      const [text, id] = [hostileText(random), `${index}-${hostileText(random).replaceAll('\0', '').toWellFormed()}`];
      change(file, 'INSERT INTO seen (id, ts) VALUES (?, ?)', id, 9_223_372_036_854_775_807n - BigInt(index));
      change(
        file,
        "INSERT INTO seen_post (item_id, channel_id, state, intent_at, error) VALUES (?, 'c', 'failed', 1, ?)",
        id,
        text,
      );
    }
    change(file, "UPDATE seen_item SET payload = ? WHERE id = 'failed'", JSON.stringify('😀\u2028\n'.repeat(300_000)));
    const path = join(temporaryFolder(), 'seen.jsonl');
    const rows = await exportTo(path, file);
    const before = await rowsOf(file);
    expect(rows).toBe(Object.values(before).flat().length);
    expect(await rowsOf(await importFrom(path))).toEqual(before);
  });

  test('it has a header, a row a line, and the numbers of rows', async () => {
    const path = join(temporaryFolder(), 'seen.jsonl');
    const file = await filledDatabase();
    await exportTo(path, file);
    const lines = readFileSync(path, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as object);
    expect(lines[0]).toMatchObject({
      format: 'sapphire-plugin-seen',
      version: 1,
      backend: 'sqlite',
      at: new Date(NOON).toISOString(),
    });
    expect(lines).toContainEqual({ seen: { id: '漢字', ts: expect.any(Number) as number } });
    expect(lines.at(-1)).toEqual({ end: expect.objectContaining({ seen: 48, seen_item: 5 }) as object });
  });

  test('one that was cut off anywhere is refused, and changes nothing', async () => {
    const folder = temporaryFolder();
    const path = join(folder, 'seen.jsonl');
    await exportTo(path, await filledDatabase());
    const whole = readFileSync(path);
    const target = newFile();
    for (let bytes = 0; bytes < whole.length; bytes += Math.ceil(whole.length / 40)) {
      writeFileSync(path, whole.subarray(0, bytes));
      await expect(importFrom(path, target)).rejects.toThrow(SeenInputError);
      expect(existsSync(target.path)).toBe(false);
    }
    writeFileSync(path, whole.subarray(0, -1));
    await expect(importFrom(path, target)).rejects.toThrow('it was cut off');
  });

  test.each([
    ['{"seen":{"id":"a"}}', 'Line 3 of .* the column ts cannot be left out'],
    ['{"seen":{"id":"a","ts":"soon"}}', 'the column ts cannot be "soon"'],
    ['{"seen":{"id":"a","ts":1.5}}', 'the column ts cannot be 1.5'],
    ['{"seen":{"id":7,"ts":1}}', 'the column id cannot be 7'],
    ['{"seen":{"id":"a","ts":1,"colour":"red"}}', 'the table seen has no column colour'],
    ['{"other":{"id":"a"}}', 'it is no row of a table'],
    ['nonsense', 'it is no row of a table'],
    ['{"seen":{"id":"B","ts":1}}', 'are not in the order of their keys: "B" comes after "b"'],
    ['{"seen":{"id":"b","ts":1}}', '"b" comes after "b"'],
    [
      '{"seen_scope":{"feed":"x","plain":0,"evidence":null,"inherits":0,"assigned_at":0,"first_cycle":null,"last_cycle":null}}',
      'rows of the table seen',
    ],
  ])('with the line %s it is refused', async (line, problem) => {
    const path = join(temporaryFolder(), 'seen.jsonl');
    const header = {
      format: 'sapphire-plugin-seen',
      version: 1,
      backend: 'sqlite',
      database: 'x',
      token: 1,
      state: null,
    };
    const lines = [JSON.stringify(header), '{"seen":{"id":"b","ts":1}}', line, '{"end":{"seen":2}}'];
    writeFileSync(path, `${lines.join('\n')}\n`);
    await expect(importFrom(path)).rejects.toThrow(new RegExp(problem));
  });

  test.each([
    [{ format: 'other' }, 'it is no file that "seen export" has made'],
    [{ format: 'sapphire-plugin-seen', version: 2 }, 'its format has the version 2, and this program knows 1'],
    [{ format: 'sapphire-plugin-seen', version: 1 }, 'lacks backend, database or token'],
  ])('with the header %j it is refused', async (header, problem) => {
    const path = join(temporaryFolder(), 'seen.jsonl');
    writeFileSync(path, `${JSON.stringify(header)}\n{"end":{}}\n`);
    await expect(importFrom(path)).rejects.toThrow(problem);
  });
});

describe('an export that was interrupted', () => {
  /** Interrupts an export after some of the rows, and returns the keys at which another one begins to read. */
  async function repeat(file: SqliteOptions, path: string, between: () => void): Promise<(TransferKey | null)[]> {
    const aborted = new AbortController();
    const onProgress = ({ rows }: { rows: number }): void =>
      rows >= 2_000 ? aborted.abort(new Error('killed')) : undefined;
    await expect(exportTo(path, file, { signal: aborted.signal, onProgress })).rejects.toThrow('killed');
    expect(existsSync(path)).toBe(false);
    writeFileSync(`${path}.partial`, readFileSync(`${path}.partial`).subarray(0, -5));
    between();
    const source = await movableDatabase(file).openSource();
    const begun: (TransferKey | null)[] = [];
    const read: TransferSource['read'] = (table, after, limit) => {
      if (table.name === 'seen') begun.push(after);
      return source.read(table, after, limit);
    };
    await exportRows({ ...source, read }, path, { at: NOON });
    await source.close();
    return begun;
  }

  test('goes on where it was, also in the middle of a line, while the database is as it was', async () => {
    const file = await largeDatabase();
    const folder = temporaryFolder();
    const [path, other] = [join(folder, 'seen.jsonl'), join(folder, 'other.jsonl')];
    const begun = await repeat(file, path, () => undefined);
    expect(begun[0]).not.toBeNull();
    await exportTo(other, file);
    expect(readFileSync(path, 'utf8')).toBe(readFileSync(other, 'utf8'));
    expect(readdirSync(folder).toSorted()).toEqual(['other.jsonl', 'seen.jsonl']);
  });

  test('begins anew where something was written since, and is of one moment', async () => {
    const file = await largeDatabase();
    const path = join(temporaryFolder(), 'seen.jsonl');
    const begun = await repeat(file, path, () => change(file, "DELETE FROM seen WHERE id = 'id-1'"));
    expect(begun[0]).toBeNull();
    expect(await rowsOf(await importFrom(path))).toEqual(await rowsOf(file));
  });

  test('a file that has the name is replaced when that is asked for, and only then', async () => {
    const file = await filledDatabase();
    const path = join(temporaryFolder(), 'seen.jsonl');
    writeFileSync(path, 'precious');
    await expect(exportTo(path, file)).rejects.toThrow(/exists.*--force/);
    expect(readFileSync(path, 'utf8')).toBe('precious');
    await exportTo(path, file, { isReplacing: true });
    await importFrom(path);
    await expect(exportTo(join(temporaryFolder(), 'none/seen.jsonl'), file)).rejects.toThrow('there is no folder');
  });

  test('what an export would destroy is refused, also when it may replace a file, and stays as it is', async () => {
    const file = await filledDatabase();
    const folder = temporaryFolder();
    const at = (name: string): string => join(folder, name);
    const bytes = readFileSync(file.path);
    const database = at('ids');
    writeFileSync(database, bytes);
    execFileSync('mkfifo', [at('pipe')]);
    symlinkSync(at('pipe'), at('link-to-pipe'));
    symlinkSync(at('nowhere'), at('dangling'));
    mkdirSync(at('inner'));
    const names = readdirSync(folder);
    for (const [name, reason] of [
      ['pipe', 'it is not a file that can be replaced'],
      ['link-to-pipe', 'it is not a file that can be replaced'],
      ['dangling', 'it is a link that leads nowhere'],
      ['inner', 'it is a folder'],
      ['ids', 'it is a SQLite database'],
      ['ids.lock', `it would be taken for a part of ${database}`],
      ['ids-shm', 'SQLite takes such a name'],
      ['other-wal', 'SQLite takes such a name'],
      ['x'.repeat(300), 'ENAMETOOLONG'],
    ] as const) {
      const refused = exportTo(at(name), file, { isReplacing: true });
      await expect(refused).rejects.toThrow(`An export cannot be written to ${at(name)}: ${reason}`);
    }
    for (const [name, own] of [file.path, `${file.path}.files`, `${file.path}.restored`].entries()) {
      symlinkSync(own, at(`link-${name}`));
      const refused = exportTo(existsSync(own) ? at(`link-${name}`) : own, file, {
        isReplacing: true,
        database: file.path,
      });
      await expect(refused).rejects.toThrow('it is the database itself, or belongs to it');
      rmSync(at(`link-${name}`));
    }
    expect(readdirSync(folder)).toEqual(names);
    expect([readFileSync(database), readFileSync(file.path)]).toEqual([bytes, bytes]);
    expect(lstatSync(at('pipe')).isFIFO()).toBe(true);
  });

  test('a file that has the name of one that is not complete, and is something else, stays as it is', async () => {
    const file = await filledDatabase();
    const folder = temporaryFolder();
    const path = join(folder, 'seen');
    const bytes = readFileSync(file.path);
    writeFileSync(`${path}.partial`, bytes);
    await expect(exportTo(path, file)).rejects.toThrow('seen.partial is no export that was interrupted. Move it away');
    expect(readFileSync(`${path}.partial`)).toEqual(bytes);
    rmSync(`${path}.partial`);
    symlinkSync(file.path, `${path}.partial`);
    await expect(exportTo(path, file)).rejects.toThrow('cannot be written: ELOOP');
    expect(readFileSync(file.path)).toEqual(bytes);
    rmSync(`${path}.partial`);
    writeFileSync(`${path}.partial`, '{"format":"sapph');
    expect(await exportTo(path, file)).toBeGreaterThan(0);
    expect(await rowsOf(await importFrom(path))).toEqual(await rowsOf(file));
  });

  test('of two exports to one name at once, only one says that it made the file, which is its own', async () => {
    const [file, other] = [await largeDatabase(), await filledDatabase()];
    const path = join(temporaryFolder(), 'seen.jsonl');
    const outcomes = await Promise.allSettled([exportTo(path, file), exportTo(path, other)]);
    const [made] = outcomes.flatMap((outcome, index) => (outcome.status === 'fulfilled' ? [[file, other][index]] : []));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    if (made === undefined) throw new Error('No export was made.');
    expect(await rowsOf(await importFrom(path))).toEqual(await rowsOf(made));
  });

  test('an export that is gone on with is the one that was read, also when another one takes its name meanwhile', async () => {
    const file = await largeDatabase();
    const folder = temporaryFolder();
    const [path, other] = [join(folder, 'seen.jsonl'), join(folder, 'other.jsonl')];
    await exportTo(other, await filledDatabase());
    await exportTo(path, file);
    const lines = readFileSync(path, 'utf8').split('\n');
    rmSync(path);
    writeFileSync(`${path}.partial`, `${lines.slice(0, 100).join('\n')}\n`);
    const source = await movableDatabase(file).openSource();
    const taken = Object.defineProperty({ ...source }, 'state', {
      get: () => {
        if (existsSync(other)) renameSync(other, `${path}.partial`);
        return source.state;
      },
    });
    await exportRows(taken, path, { at: NOON });
    await source.close();
    expect(existsSync(other)).toBe(false);
    expect(readFileSync(path, 'utf8')).toBe(lines.join('\n'));
  });

  test('an export whose name another one has taken ends in an error, and makes no file', async () => {
    const file = await largeDatabase();
    const path = join(temporaryFolder(), 'seen.jsonl');
    const source = await movableDatabase(file).openSource();
    let reads = 0;
    const read: TransferSource['read'] = async (...args) => {
      reads += 1;
      copyFileSync(`${path}.partial`, `${path}.other`);
      renameSync(`${path}.other`, `${path}.partial`);
      return source.read(...args);
    };
    const exporting = exportRows({ ...source, read }, path, { at: NOON });
    await expect(exporting).rejects.toThrow('seen.jsonl.partial was taken by another export');
    expect(reads).toBe(1);
    await source.close();
    expect(existsSync(path)).toBe(false);
  });

  test('a link stays one, and the file that it leads to is replaced', async () => {
    const file = await filledDatabase();
    const folder = temporaryFolder();
    const [path, link] = [join(folder, 'seen.jsonl'), join(folder, 'latest')];
    writeFileSync(path, 'old');
    symlinkSync(path, link);
    await exportTo(link, file, { isReplacing: true });
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
    expect(await rowsOf(await importFrom(path))).toEqual(await rowsOf(file));
  });
});
