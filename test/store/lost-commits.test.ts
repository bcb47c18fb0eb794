// The signs by which a SQLite file shows that it is not the one that the store had: contract/claims/uncertainty.ts says
// what follows.
import { execFileSync } from 'node:child_process';
import { copyFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';

import { newDatabasePath, openStore } from '../support/database-file.ts';
import { keepCopy } from '../support/earlier-copy.ts';
import { OwnerProcess } from '../support/owner-process.ts';
import { RecordingLogger } from '../support/recording-logger.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

interface Signs {
  readonly signs: readonly unknown[];
  readonly isUncertain: boolean;
}

/** Opens the store, and tells by which signs it noticed a loss, and whether a claim is uncertain. */
async function open(path: string): Promise<Signs> {
  const logger = new RecordingLogger();
  const store = await openStore(path, logger);
  const [claim] = await store.claim([`item of ${process.hrtime.bigint()}`]);
  await store.close();
  return {
    signs: logger.of('seen_store_commits_uncertain').map(({ fields }) => fields['sign']),
    isUncertain: claim?.uncertainty !== null,
  };
}

const nothing: Signs = { signs: [], isUncertain: false };
const noticed = (sign: string): Signs => ({ signs: [sign], isUncertain: true });
/** Noticed before: the loss lasts, and is not told again. */
const known: Signs = { signs: [], isUncertain: true };

/** A database that a store has closed, with an item. */
async function closedDatabase(): Promise<string> {
  const path = newDatabasePath();
  expect(await open(path)).toEqual(nothing);
  return path;
}

describe('a file that may lack what was acknowledged', () => {
  test.each(['stopped', 'killed'])(
    'is noticed where it replaces the one of a bot that was %s, and told once',
    async (end) => {
      const path = await closedDatabase();
      const putBack = keepCopy(path);
      const bot = await OwnerProcess.start({ path });
      await bot.mark(['lost']);
      await (end === 'killed' ? bot.kill() : bot.close());
      putBack();
      expect(await open(path)).toEqual(noticed('replaced'));
      expect(await open(path)).toEqual(known);
    },
  );

  test('is noticed where it is copied over the one of a bot that was stopped', async () => {
    const path = await closedDatabase();
    copyFileSync(path, `${path}.copy`);
    await open(path);
    copyFileSync(`${path}.copy`, path);
    expect(await open(path)).toEqual(noticed('replaced'));
  });

  test('is noticed by two stores that have it open, as one loss', async () => {
    const path = await closedDatabase();
    const putBack = keepCopy(path);
    const logger = new RecordingLogger();
    const [one, other] = [await openStore(path, logger), await openStore(path, logger)];
    await one.claim(['lost']);
    putBack();
    const [first] = await one.claim(['lost']);
    const [second] = await other.claim(['another']);
    expect(first?.uncertainty).not.toBeNull();
    expect(second?.uncertainty).toEqual(first?.uncertainty);
    expect(logger.of('seen_store_commits_uncertain')).toHaveLength(1);
  });

  test('is a backup, wherever it is opened, and is one loss with its own backups', async () => {
    const path = await closedDatabase();
    const store = await openStore(path);
    const backup = join(temporaryFolder(), 'backup.sqlite');
    await store.backup(backup);
    expect(await open(backup)).toEqual(noticed('backup'));
    expect(await open(backup)).toEqual(known);
    const again = await openStore(backup);
    await again.backup(`${backup}.2`);
    expect(await open(`${backup}.2`)).toEqual(noticed('backup'));
    expect((await store.claim(['of the original']))[0]?.uncertainty).toBeNull();
  });

  test('is the new one of a database that was deleted', async () => {
    const path = await closedDatabase();
    for (const suffix of ['', '-wal', '-shm']) rmSync(`${path}${suffix}`, { force: true });
    expect(await open(path)).toEqual(noticed('replaced'));
  });
});

describe('a file that lacks nothing', () => {
  test('is a folder that was moved, or whose volume was mounted anew', async () => {
    const path = await closedDatabase();
    const folder = join(temporaryFolder(), 'elsewhere');
    execFileSync('cp', ['-a', dirname(path), folder]);
    expect(await open(join(folder, 'seen_ids.sqlite'))).toEqual(nothing);
  });

  test('is one that was killed, and is opened again', async () => {
    const path = await closedDatabase();
    const bot = await OwnerProcess.start({ path });
    await bot.mark(['in the log']);
    await bot.kill();
    expect(await open(path)).toEqual(nothing);
  });

  test('is one that was deleted under a store, which writes it anew', async () => {
    const path = await closedDatabase();
    const logger = new RecordingLogger();
    const store = await openStore(path, logger);
    await store.claim(['a']);
    rmSync(path);
    expect((await store.claim(['b']))[0]?.uncertainty).toBeNull();
    expect(logger.of('seen_store_commits_uncertain')).toEqual([]);
  });
});
