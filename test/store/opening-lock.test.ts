import { chmodSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import BetterSqlite3 from 'better-sqlite3';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';

import { loadDriver } from '../../src/store/sqlite/file/driver.ts';
import { tryWithOpeningLock, withOpeningLock } from '../../src/store/sqlite/file/opening-lock.ts';
import { fillDatabase, newDatabasePath, openStore } from '../support/database-file.ts';
import { RecordingLogger } from '../support/recording-logger.ts';

function raise(message: string): never {
  throw new Error(message);
}

describe('the lock of a start', () => {
  beforeAll(loadDriver);

  test('the lock of a start lets one in at a time', () => {
    const path = newDatabasePath();
    const other = (): void => {
      const lock = new BetterSqlite3(`${path}.lock`, { timeout: 0 });
      try {
        lock.exec('BEGIN EXCLUSIVE');
      } finally {
        lock.close();
      }
    };
    withOpeningLock(path, () => expect(other).toThrow('database is locked'));
    expect(() => withOpeningLock(path, () => raise('it failed'))).toThrow('it failed');
    expect(other).not.toThrow();
  });

  test('the lock of a start belongs to all who may write to the database', async () => {
    const path = newDatabasePath();
    writeFileSync(path, '');
    chmodSync(path, 0o660);
    await openStore(path);
    expect(statSync(`${path}.lock`).mode & 0o777).toBe(0o660);
  });

  test('a start that waits for another one, which opens the file, lets the event loop run, and says once what it waits for', async () => {
    const path = newDatabasePath();
    await fillDatabase(path, ['a']);
    const lock = new BetterSqlite3(`${path}.lock`);
    lock.exec('BEGIN EXCLUSIVE');
    const logger = new RecordingLogger();
    const store = openStore(path, logger);
    const waits = () => logger.of('seen_store_waits_for_peer');
    // A wait that kept this thread would never end: the lock is given back here.
    const end = performance.now() + 200;
    for (let turns = 0; turns < 200 || performance.now() < end; turns += 1) await setImmediate();
    await expect.poll(waits).toHaveLength(1);
    lock.close();
    expect(await (await store).isSeen('a')).toBe(true);
    expect(waits()).toHaveLength(1);
  });

  test('a lock that is taken is asked for without leaving anything open', () => {
    const path = newDatabasePath();
    writeFileSync(path, '');
    const lock = new BetterSqlite3(`${path}.lock`);
    onTestFinished(() => void lock.close());
    lock.exec('BEGIN EXCLUSIVE');
    const before = readdirSync('/proc/self/fd').length;
    for (let n = 0; n < 20; n += 1) expect(tryWithOpeningLock(path, () => 'opened')).toBeUndefined();
    expect(readdirSync('/proc/self/fd').length).toBeLessThan(before + 10);
  });

  test('a start whose lock file is no use names that file', async () => {
    const path = newDatabasePath();
    await fillDatabase(path, ['a']);
    writeFileSync(`${path}.lock`, 'somebody’s notes, and no lock\n'.repeat(100));
    await expect(openStore(path)).rejects.toThrow(`its lock file ${path}.lock cannot be used: file is not a database`);
    rmSync(`${path}.lock`);
    expect(await (await openStore(path)).isSeen('a')).toBe(true);
  });
});
