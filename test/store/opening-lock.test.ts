import { chmodSync, rmSync, statSync, writeFileSync } from 'node:fs';
import BetterSqlite3 from 'better-sqlite3';
import { describe, expect, test } from 'vitest';

import { withOpeningLock } from '../../src/store/sqlite/file/opening-lock.ts';
import { fillDatabase, newDatabasePath, openStore } from '../support/database-file.ts';

function raise(message: string): never {
  throw new Error(message);
}

describe('the lock of a start', () => {
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

  test('a start whose lock file is no use names that file', async () => {
    const path = newDatabasePath();
    await fillDatabase(path, ['a']);
    writeFileSync(`${path}.lock`, 'somebody’s notes, and no lock\n'.repeat(100));
    await expect(openStore(path)).rejects.toThrow(`its lock file ${path}.lock cannot be used: file is not a database`);
    rmSync(`${path}.lock`);
    expect(await (await openStore(path)).isSeen('a')).toBe(true);
  });
});
