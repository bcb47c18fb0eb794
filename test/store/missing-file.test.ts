import { copyFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { beforeAll, expect, onTestFinished, test, vi } from 'vitest';

import { connect, openInPlace } from '../../src/store/sqlite/file/connection.ts';
import { loadDriver } from '../../src/store/sqlite/file/driver.ts';
import { MissingFileError, unlessTakenAway } from '../../src/store/sqlite/file/missing-file.ts';
import { ForeignSchemaError } from '../../src/store/sqlite/file/open-error.ts';
import { monotonicMs, recover } from '../../src/store/sqlite/file/recover.ts';
import { systemClock } from '../../src/store/clock.ts';
import { newDatabasePath } from '../support/database-file.ts';
import { QuietLogger } from '../support/quiet-logger.ts';

beforeAll(() => loadDriver());

function makeDatabase(): string {
  const path = newDatabasePath();
  const db = new BetterSqlite3(path);
  onTestFinished(() => void db.close());
  db.pragma('journal_mode = WAL');
  db.exec('CREATE TABLE seen (id TEXT PRIMARY KEY, ts INTEGER)');
  return path;
}

/** SQLite opens the log at the first read, and asks for the file's permissions then. */
function readWhileDeleted(path: string): void {
  const db = new BetterSqlite3(path, { readonly: true });
  rmSync(path);
  try {
    db.prepare('SELECT count(*) FROM seen').get();
  } finally {
    db.close();
  }
}

test('what fails while somebody takes the file away fails because it is missing', () => {
  const path = makeDatabase();
  let failure: unknown;
  try {
    unlessTakenAway(path, () => readWhileDeleted(path));
  } catch (error) {
    failure = error;
  }
  expect(failure).toBeInstanceOf(MissingFileError);
  expect(failure).toMatchObject({ cause: { code: 'SQLITE_IOERR_FSTAT' } });
});

test('what fails although the file is there is told as it is', () => {
  const path = makeDatabase();
  const failing = (): never => {
    throw new Error('disk I/O error');
  };
  expect(() => unlessTakenAway(path, failing)).toThrow('disk I/O error');
});

test('a replacement that is deleted while it is opened is missing, and what the connection has is restored next', async () => {
  const path = newDatabasePath();
  const noted = { path, logger: new QuietLogger(), clock: systemClock };
  const { db, set } = await connect(noted);
  onTestFinished(() => void db.close());
  db.exec("INSERT INTO seen (id, ts) VALUES ('kept', 1)");
  db.pragma('wal_checkpoint(TRUNCATE)');
  copyFileSync(path, `${path}.other`);
  renameSync(`${path}.other`, path);
  const torn = { db, set, verifiedAt: monotonicMs(), isLast: true };
  const clock = { ...systemClock, now: () => (rmSync(path, { force: true }), systemClock.now()) };
  expect(() => recover(torn, noted, (isNew) => openInPlace({ ...noted, clock }, isNew))).toThrow(MissingFileError);
  const { outcome, opened } = recover(torn, noted, (isReplacement) => openInPlace(noted, isReplacement));
  onTestFinished(() => void opened.db.close());
  expect(outcome).toBe('restored');
  expect(opened.db.prepare('SELECT id FROM seen').pluck().all()).toEqual(['kept']);
});

/** A connection whose file was replaced by another one. */
async function replacedFile() {
  const path = newDatabasePath();
  const logger = new QuietLogger();
  const { db, set } = await connect({ path, logger, clock: systemClock });
  onTestFinished(() => void db.close());
  db.exec("INSERT INTO seen (id, ts) VALUES ('kept', 1)");
  db.pragma('wal_checkpoint(PASSIVE)');
  copyFileSync(path, `${path}.other`);
  renameSync(`${path}.other`, path);
  return { path, logger, torn: { db, set, verifiedAt: monotonicMs(), isLast: true } };
}

test('a replacement that is deleted before it is examined is missing, and not refused', async () => {
  const { path, logger, torn } = await replacedFile();
  vi.spyOn(logger, 'warn').mockImplementation(() => rmSync(path));
  expect(() => recover(torn, { path, logger }, () => expect.unreachable())).toThrow(MissingFileError);
  expect(logger.events()).toEqual([]);
});

test.each([
  ['deleted', () => undefined],
  ['replaced once more', (path: string) => writeFileSync(path, 'another one')],
])('a replacement that is %s while it is found unusable is not refused', async (_, replace) => {
  const { path, logger, torn } = await replacedFile();
  const open = (): never => {
    renameSync(path, `${path}.away`);
    replace(path);
    throw new ForeignSchemaError('its table is another', 'Rename it.');
  };
  expect(() => recover(torn, { path, logger }, open)).toThrow(MissingFileError);
  expect(logger.of('seen_store_replacement_refused')).toEqual([]);
  expect(readdirSync(dirname(path)).filter((name) => name.includes('.refused-'))).toEqual([]);
});

test('a start waits for a file that is taken away while it is opened, and for as long as it may be put back', async () => {
  const path = newDatabasePath();
  const options = { path, logger: new QuietLogger(), clock: systemClock };
  (await connect(options)).db.close();
  let isAway = false;
  const now = (): number => {
    if (!isAway) {
      isAway = true;
      renameSync(path, `${path}.away`);
      setImmediate(() => renameSync(`${path}.away`, path));
    }
    return systemClock.now();
  };
  const { db } = await connect({ ...options, clock: { ...systemClock, now } });
  onTestFinished(() => void db.close());
  expect(isAway).toBe(true);
});
