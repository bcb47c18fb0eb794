import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

import { SeenInputError, SeenStoreClosedError, type BackupProgress, type SeenStore } from '../../src/store/index.ts';
import { ids } from '../support/ids.ts';
import { RecordingLogger } from '../support/recording-logger.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import type { ContractBackend } from './backend.ts';
import { claimOne, openUntilFinished } from './stores.ts';

/** Long ids, so that a copy takes many steps: three megabytes. */
const manyIds = ids('x'.repeat(400), 8_000);

/** Backups, for every backend to keep whose database is a file. */
export function describeBackup(backend: ContractBackend): void {
  const openBackup = async (path: string): Promise<SeenStore> =>
    openUntilFinished(backend, { ...(await backend.newDatabase()), path });

  describe(`a backup, on ${backend.name}`, () => {
    test('a backup is a store of its own, with all that was acknowledged before and nothing that came later', async () => {
      const store = await openUntilFinished(backend);
      await store.markSeen(ids('before', 300));
      await store.fail([await claimOne(store, 'failed')], 'no such channel');
      await store.claim([{ id: 'claimed', payload: { title: 'A title' } }]);
      const path = join(temporaryFolder(), 'backup.sqlite');
      const { bytes } = await store.backup(path);
      await store.markSeen('after');
      expect(bytes).toBeGreaterThan(4_096);
      const backup = await openBackup(path);
      expect(await backup.filterUnseen([...ids('before', 300), 'after'])).toEqual(['after']);
      expect(await backup.ledger.find('failed')).toMatchObject({ state: 'failed', lastError: 'no such channel' });
      expect(await backup.ledger.find('claimed')).toMatchObject({ payload: { title: 'A title' } });
      expect(await backup.stats()).toMatchObject({ rows: 300 });
    });

    test('writes of its own store go on during a backup, which does not contain them', async () => {
      const store = await openUntilFinished(backend);
      await store.markSeen(manyIds);
      const path = join(temporaryFolder(), 'backup.sqlite');
      const during: Promise<void>[] = [];
      const onProgress = (): void => void during.push(store.markSeen(`during-${during.length}`));
      await store.backup(path, { onProgress });
      await Promise.all(during);
      expect(during.length).toBeGreaterThan(2);
      expect(await store.stats()).toMatchObject({ rows: manyIds.length + during.length });
      const backup = await openBackup(path);
      expect(await backup.stats()).toMatchObject({ rows: manyIds.length });
    });

    test('progress grows from nothing to all of it', async () => {
      const store = await openUntilFinished(backend);
      await store.markSeen(manyIds);
      const progress: BackupProgress[] = [];
      const path = join(temporaryFolder(), 'backup.sqlite');
      const { bytes } = await store.backup(path, { onProgress: (step) => void progress.push(step) });
      const copied = progress.map((step) => step.copied);
      expect(copied[0]).toBe(0);
      expect(copied.toSorted((one, other) => one - other)).toEqual(copied);
      expect(new Set(progress.map(({ total }) => total))).toEqual(new Set([bytes]));
      expect(copied.at(-1)).toBe(bytes);
    });

    test('one line of the log names the backup', async () => {
      const logger = new RecordingLogger();
      const store = await openUntilFinished(backend, { ...(await backend.newDatabase()), logger });
      const path = join(temporaryFolder(), 'backup.sqlite');
      const result = await store.backup(path);
      expect(result.path).toBe(path);
      expect(logger.of('seen_store_backed_up')).toMatchObject([{ level: 'info', fields: result }]);
    });

    test('a backup whose signal has aborted does not begin', async () => {
      const store = await openUntilFinished(backend);
      const folder = temporaryFolder();
      const signal = AbortSignal.abort(new Error('not today'));
      await expect(store.backup(join(folder, 'backup.sqlite'), { signal })).rejects.toThrow('not today');
      expect(readdirSync(folder)).toEqual([]);
    });

    test('a backup that is aborted halfway rejects with the reason, and leaves nothing', async () => {
      const store = await openUntilFinished(backend);
      await store.markSeen(manyIds);
      const folder = temporaryFolder();
      const aborted = new AbortController();
      const onProgress = (): void => aborted.abort(new Error('enough'));
      const backup = store.backup(join(folder, 'backup.sqlite'), { signal: aborted.signal, onProgress });
      await expect(backup).rejects.toThrow('enough');
      expect(readdirSync(folder)).toEqual([]);
      await store.backup(join(folder, 'backup.sqlite'));
    });

    test('an error of the progress callback ends the backup, which rejects with it', async () => {
      const store = await openUntilFinished(backend);
      await store.markSeen(manyIds);
      const folder = temporaryFolder();
      const onProgress = (): void => {
        throw new Error('the bar broke');
      };
      await expect(store.backup(join(folder, 'backup.sqlite'), { onProgress })).rejects.toThrow('the bar broke');
      expect(readdirSync(folder)).toEqual([]);
    });

    test('closing the store ends a backup, and waits until nothing of it is left', async () => {
      const store = await openUntilFinished(backend);
      await store.markSeen(manyIds);
      const folder = temporaryFolder();
      const begun = Promise.withResolvers<void>();
      const backup = store.backup(join(folder, 'backup.sqlite'), { onProgress: () => begun.resolve() });
      const outcome = expect(backup).rejects.toThrow(SeenStoreClosedError);
      await begun.promise;
      await store.close();
      expect(readdirSync(folder)).toEqual([]);
      await outcome;
      await expect(store.backup(join(folder, 'backup.sqlite'))).rejects.toThrow(SeenStoreClosedError);
    });

    test('two backups at once become two files', async () => {
      const store = await openUntilFinished(backend);
      await store.markSeen(manyIds);
      const folder = temporaryFolder();
      const results = await Promise.all([store.backup(join(folder, 'one')), store.backup(join(folder, 'two'))]);
      expect(readdirSync(folder).toSorted()).toEqual(['one', 'two']);
      expect(results[0]?.bytes).toBe(results[1]?.bytes);
    });

    test('of two backups to one name, one is made and the other is refused', async () => {
      const store = await openUntilFinished(backend);
      await store.markSeen(manyIds);
      const folder = temporaryFolder();
      const path = join(folder, 'backup.sqlite');
      const results = await Promise.allSettled([store.backup(path), store.backup(path)]);
      const refused = results.filter((result) => result.status === 'rejected');
      expect(refused).toMatchObject([{ reason: { code: 'SEEN_INPUT' } }]);
      expect(readdirSync(folder)).toEqual(['backup.sqlite']);
      expect(await (await openBackup(path)).stats()).toMatchObject({ rows: manyIds.length });
    });

    test('a file that exists is replaced when that is asked for, and only then', async () => {
      const store = await openUntilFinished(backend);
      const path = join(temporaryFolder(), 'backup.sqlite');
      await store.markSeen('a');
      await store.backup(path);
      await store.markSeen('b');
      await expect(store.backup(path)).rejects.toThrow(SeenInputError);
      await store.backup(path, { overwrite: true });
      expect(await (await openBackup(path)).filterUnseen(['a', 'b', 'c'])).toEqual(['c']);
    });

    test.each([
      [undefined, 'is of type undefined'],
      [null, 'is null'],
      [{ path: 'x' }, 'is of type object'],
      [() => 'x', 'is of type function'],
      ['', 'is empty'],
      [' \t', 'is empty'],
      ['copies/backup.sqlite\r', 'begins or ends with white space'],
      [' backup.sqlite', 'begins or ends with white space'],
      ['a\0b', 'contains U+0000'],
      [':memory:', 'Name a file'],
      ['file:backup.sqlite?mode=rwc', 'Name a file'],
      ['~/backup.sqlite', 'begins with ~'],
      ['$HOME/backup.sqlite', 'only a shell replaces $HOME'],
      ['sqlite:///srv/backup.sqlite', 'is a URL (sqlite:…)'],
      ['"backup.sqlite"', 'with quotation marks around it'],
      ['backup.sqlite # nightly', 'Write it without: backup.sqlite'],
      ['backup.sqlite\u200B', 'contains U+200B'],
      ['backups/', 'a folder. Add a file'],
    ])('%j is refused as a path', async (path, problem) => {
      const store = await openUntilFinished(backend);
      const backup = store.backup(path as string);
      await expect(backup).rejects.toThrow(SeenInputError);
      await expect(backup).rejects.toThrow(problem);
    });
  });
}
