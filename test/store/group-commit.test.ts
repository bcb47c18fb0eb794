import { join } from 'node:path';
import BetterSqlite3, { type Database } from 'better-sqlite3';
import { describe, expect, onTestFinished, test } from 'vitest';

import { SeenStoreBusyError } from '../../src/store/index.ts';
import { GroupCommit } from '../../src/store/sqlite/writer/group-commit.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const TIMEOUT_MS = 500;

interface Setup {
  readonly path: string;
  readonly commits: GroupCommit;
  readonly closing: AbortController;
  readonly clock: ManualClock;
  /** The words in the table. */
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
  const clock = new ManualClock();
  const commits = new GroupCommit(db, {
    timeoutMs: TIMEOUT_MS,
    clock,
    signal: closing.signal,
    onWaited: () => undefined,
    confirm: async () => undefined,
    afterCommit: async () => undefined,
  });
  const insert = db.prepare<[word: string]>('INSERT INTO word VALUES (?)');
  const add = (word: string): Promise<string> =>
    commits.transact(() => {
      insert.run(word);
      return word;
    });
  const kept = (): string[] => db.prepare<[], string>('SELECT word FROM word ORDER BY word').pluck().all();
  return { path, commits, closing, clock, kept, add };
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
  test.each([
    ['while the store is open', false],
    ['while the store closes', true],
  ] as const)('a group loses only the changes that fail, %s', async (_, closing) => {
    const group = setUp();
    if (closing) group.closing.abort();
    const changes = ['a', 'b', 'a', 'c', 'b', 'd'].map((word) => group.add(word));
    expect(await outcomesOf(changes)).toEqual(['a', 'b', 'SqliteError', 'c', 'SqliteError', 'd']);
    expect(group.kept()).toEqual(['a', 'b', 'c', 'd']);
  });

  test('a group that cannot be committed fails as a whole, and the next one is none the worse', async () => {
    const { add, kept } = setUp();
    expect(await outcomesOf([add('a'), add('forbidden'), add('b')])).toEqual(Array(3).fill('SqliteError'));
    expect(kept()).toEqual([]);
    expect(await outcomesOf([add('a'), add('b')])).toEqual(['a', 'b']);
  });

  test('a group waits for the lock of another process, and then goes on', async () => {
    const { path, add, kept, clock, commits } = setUp();
    const other = openDatabase(path);
    other.exec('BEGIN IMMEDIATE');
    const changes = outcomesOf([add('a'), add('b')]);
    for (let tries = 0; tries < 3; tries += 1) {
      await clock.whenSleeping();
      await clock.advance(TIMEOUT_MS / 10);
    }
    other.exec('ROLLBACK');
    expect(await clock.drive(changes, { upTo: TIMEOUT_MS })).toEqual(['a', 'b']);
    expect(kept()).toEqual(['a', 'b']);
    expect(commits.idle).toBe(true);
  });

  test('a group that never gets the lock fails after one timeout, also when a change has failed before', async () => {
    const { path, add, clock, commits } = setUp();
    const other = openDatabase(path);
    const lock = commits.transact(() => {
      // Taken as soon as the first try is rolled back.
      queueMicrotask(() => other.exec('BEGIN IMMEDIATE'));
      throw new RangeError('one change fails');
    });
    const changes = outcomesOf([add('a'), add('b'), add('c')]);
    await expect(lock).rejects.toThrow(RangeError);
    const startedAt = clock.now();
    expect(await clock.drive(changes, { upTo: TIMEOUT_MS })).toEqual(Array(3).fill(SeenStoreBusyError.name));
    const waited = clock.now() - startedAt;
    expect(waited).toBeGreaterThanOrEqual(500);
    expect(waited).toBeLessThan(600);
  });
});
