import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';

import { openSeenStore, type BackupProgress, type SeenStore } from '../../../src/store/index.ts';
import { resolveSeenStoreOptions, resolveSqliteOptions } from '../../../src/store/options.ts';
import { movableDatabase } from '../../../src/store/databases.ts';
import { importRows } from '../../../src/store/transfer/move.ts';
import { openStore } from '../../support/database-file.ts';
import { filledDatabase, rowsOf } from '../../support/filled-database.ts';
import { ids } from '../../support/ids.ts';
import { ownSchema, type OwnSchema } from '../../support/postgres.ts';
import { seenInProcess } from '../../support/seen-in-process.ts';
import { RecordingLogger } from '../../support/recording-logger.ts';
import { settableClock } from '../../support/settable-clock.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

async function openHere({ url, schema }: OwnSchema): Promise<SeenStore> {
  const store = await openSeenStore({ url, schema });
  onTestFinished(() => store.close());
  return store;
}

describe('a backup of a PostgreSQL database', () => {
  test('is a SQLite file with all rows, which opens as a store, also by the command and while a bot writes', async () => {
    const own = await ownSchema();
    const options = resolveSeenStoreOptions({ url: own.url, schema: own.schema }, {});
    await importRows(movableDatabase(await filledDatabase()), movableDatabase(options), { clock: settableClock() });
    // The purge of the store's start drops old losses.
    await own.query(`UPDATE ${own.schema}.seen_loss SET noticed_at = ${own.schema}.seen_now()`);
    const store = await openHere(own);
    const folder = temporaryFolder();
    const before = await rowsOf(options);
    const progress: BackupProgress[] = [];
    const result = await store.backup(join(folder, 'one.sqlite'), {
      onProgress: (step) => {
        progress.push(step);
        void store.markSeen(`during-${progress.length}`).catch(() => undefined);
      },
    });
    expect(result).toEqual({ path: join(folder, 'one.sqlite'), bytes: statSync(join(folder, 'one.sqlite')).size });
    expect(progress.at(-1)?.copied).toBe(progress.at(-1)?.total);
    const shares = progress.map(({ copied, total }) => copied / total);
    expect(shares).toEqual(shares.toSorted((one, other) => one - other));
    expect(shares.at(-2)).toBeGreaterThan(0.9);
    expect(shares.at(-2)).toBeLessThan(1);
    const args = ['backup', join(folder, 'two.sqlite'), '--database', own.url, '--schema', own.schema];
    expect(await seenInProcess(args)).toMatchObject({ exitCode: 0 });
    expect(readdirSync(folder).toSorted()).toEqual(['one.sqlite', 'two.sqlite']);
    // A backup notes that it is one: whoever opens it has lost what came later.
    const noted = { seen_loss: [...(before['seen_loss'] ?? []), [expect.any(Number), null]] };
    expect(await rowsOf(resolveSqliteOptions({ path: result.path }, {}))).toEqual({ ...before, ...noted });
    const backup = await openStore(join(folder, 'two.sqlite'));
    expect(await backup.filterUnseen(['é', 'during-1', 'never'])).toEqual(['never']);
    expect(await backup.ledger.find('failed')).toMatchObject({ state: 'failed' });
  });

  test('is complete or not there: an abort leaves nothing, and no file is replaced that was not to be', async () => {
    const own = await ownSchema();
    const store = await openHere(own);
    await store.markSeen(ids('id', 3_000));
    const folder = temporaryFolder();
    const aborted = new AbortController();
    const onProgress = (): void => aborted.abort(new Error('enough'));
    const path = join(folder, 'backup.sqlite');
    await expect(store.backup(path, { signal: aborted.signal, onProgress })).rejects.toThrow('enough');
    expect(readdirSync(folder)).toEqual([]);
    writeFileSync(path, 'yesterday');
    await expect(store.backup(path)).rejects.toThrow('it exists');
    await store.backup(path, { overwrite: true });
    expect(await (await openStore(path)).stats()).toMatchObject({ rows: 3_000 });
  });
});

test('a backup that is brought back into PostgreSQL says that it may lack commits', async () => {
  const own = await ownSchema();
  const store = await openHere(own);
  await store.markSeen('before');
  const path = join(temporaryFolder(), 'backup.sqlite');
  await store.backup(path);
  await store.close();
  const logger = new RecordingLogger();
  const target = movableDatabase(resolveSeenStoreOptions({ url: own.url, schema: own.schema, logger }, {}));
  await importRows(movableDatabase(resolveSqliteOptions({ path }, {})), target, {
    clock: settableClock(),
    isReplacing: true,
  });
  expect(logger.of('seen_store_commits_uncertain')).toMatchObject([{ fields: { sign: 'backup' } }]);
  expect(await (await openHere(own)).isSeen('before')).toBe(true);
});

test('an error with U+0000 gets something else in its place, and an id with it is named', async () => {
  const own = await ownSchema();
  const target = movableDatabase(resolveSeenStoreOptions({ url: own.url, schema: own.schema }, {}));
  const file = await filledDatabase();
  const { default: Database } = await import('better-sqlite3');
  const db = new Database(file.path);
  onTestFinished(() => void db.close());
  db.prepare("UPDATE seen_item SET last_error = ? WHERE id = 'failed'").run('bad\0text');
  await importRows(movableDatabase(file), target, { clock: settableClock() });
  expect(await importRows(movableDatabase(file), target, { clock: settableClock() })).toMatchObject({ changed: 0 });
  expect(await own.query(`SELECT last_error FROM ${own.schema}.seen_item WHERE id = 'failed'`)).toEqual([
    { last_error: 'bad\uFFFDtext' },
  ]);
  db.prepare('INSERT INTO seen VALUES (?, 1)').run('a\0b');
  const refused = importRows(movableDatabase(file), target, { clock: settableClock() });
  await expect(refused).rejects.toThrow(/table seen has the key "a\\u0000b", which PostgreSQL cannot keep/);
});
