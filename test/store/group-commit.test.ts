import { join } from 'node:path';
import BetterSqlite3, { type Database } from 'better-sqlite3';
import { describe, expect, onTestFinished, test } from 'vitest';

import { SeenStoreBusyError } from '../../src/store/index.ts';
import { GroupCommit } from '../../src/store/sqlite/writer/group-commit.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

interface Setup {
  readonly path: string;
  readonly commits: GroupCommit;
  readonly closing: AbortController;
  /** The waits between the tries, in milliseconds, which take no time here. */
  readonly waits: number[];
  /** What the table holds. */
  readonly kept: () => string[];
  /** A change that adds a word. */
  readonly add: (word: string) => Promise<string>;
}

/** A table of words, each of which must be in the table of allowed ones by the time of the commit. */
function setUp(): Setup {
  const path = join(temporaryFolder(), 'words.sqlite');
  const db = openDatabase(path);
  db.exec(`PRAGMA journal_mode = WAL; PRAGMA foreign_keys = ON;
    CREATE TABLE allowed (word TEXT PRIMARY KEY);
    INSERT INTO allowed VALUES ('a'), ('b'), ('c'), ('d');
    CREATE TABLE word (word TEXT PRIMARY KEY REFERENCES allowed DEFERRABLE INITIALLY DEFERRED)`);
  const closing = new AbortController();
  const waits: number[] = [];
  let now = 0;
  const clock = {
    now: () => now,
    sleep: async (ms: number) => {
      waits.push(ms);
      now += ms;
    },
  };
  const commits = new GroupCommit(db, {
    timeoutMs: 500,
    clock,
    signal: closing.signal,
    onWaited: () => undefined,
    afterCommit: async () => undefined,
  });
  const insert = db.prepare<[word: string]>('INSERT INTO word VALUES (?)');
  const add = (word: string): Promise<string> =>
    commits.transact(() => {
      insert.run(word);
      return word;
    });
  const kept = (): string[] => db.prepare<[], string>('SELECT word FROM word ORDER BY word').pluck().all();
  return { path, commits, closing, waits, kept, add };
}

function openDatabase(path: string): Database {
  const db = new BetterSqlite3(path, { timeout: 0 });
  onTestFinished(() => void db.close());
  return db;
}

async function outcomesOf(changes: readonly Promise<string>[]): Promise<unknown[]> {
  const settled = await Promise.allSettled(changes);
  return settled.map((one) => (one.status === 'fulfilled' ? one.value : (one.reason as Error).constructor.name));
}

describe('a group', () => {
  test.each([false, true])('loses only the changes that fail; closing: %s', async (closing) => {
    const group = setUp();
    if (closing) group.closing.abort();
    const changes = ['a', 'b', 'a', 'c', 'b', 'd'].map((word) => group.add(word));
    expect(await outcomesOf(changes)).toEqual(['a', 'b', 'SqliteError', 'c', 'SqliteError', 'd']);
    expect(group.kept()).toEqual(['a', 'b', 'c', 'd']);
  });

  test('that cannot be committed fails as a whole, and the next one is none the worse', async () => {
    const { add, kept } = setUp();
    expect(await outcomesOf([add('a'), add('forbidden'), add('b')])).toEqual(Array(3).fill('SqliteError'));
    expect(kept()).toEqual([]);
    expect(await outcomesOf([add('a'), add('b')])).toEqual(['a', 'b']);
  });

  test('waits for the lock of another process, and then goes on', async () => {
    const { path, add, kept, waits, commits } = setUp();
    const other = openDatabase(path);
    other.exec('BEGIN IMMEDIATE');
    const changes = [add('a'), add('b')];
    await expect.poll(() => waits.length).toBeGreaterThan(2);
    other.exec('ROLLBACK');
    expect(await outcomesOf(changes)).toEqual(['a', 'b']);
    expect(kept()).toEqual(['a', 'b']);
    expect(commits.idle).toBe(true);
  });

  test('that never gets the lock fails after one timeout, also when a change has failed before', async () => {
    const { path, add, waits, commits } = setUp();
    const other = openDatabase(path);
    const lock = commits.transact(() => {
      // Taken as soon as the first try is rolled back.
      queueMicrotask(() => other.exec('BEGIN IMMEDIATE'));
      throw new RangeError('one change fails');
    });
    const changes = [add('a'), add('b'), add('c')];
    await expect(lock).rejects.toThrow(RangeError);
    expect(await outcomesOf(changes)).toEqual(Array(3).fill(SeenStoreBusyError.name));
    const waited = waits.reduce((sum, ms) => sum + ms, 0);
    expect(waited).toBeGreaterThanOrEqual(500);
    expect(waited).toBeLessThan(600);
  });
});
