import { chmodSync, chownSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

import { SeenStoreError, SeenStoreOpenError } from '../../src/store/index.ts';
import { fillDatabase, newDatabasePath, openStore } from '../support/database-file.ts';
import { FreezingFolder, freezing } from '../support/frozen-file.ts';
import { markInProcess } from '../support/marking-process.ts';
import { SmallDisk, smallDisks } from '../support/small-disk.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { givesFilesAway, withoutPrivileges } from '../support/unprivileged.ts';

const SOMEBODY = 65_534;

/** Gives a file, which is made if need be, to somebody else, who lets others only read it. */
function giveAway(file: string): void {
  writeFileSync(file, '', { flag: 'a' });
  chmodSync(file, 0o644);
  chownSync(file, SOMEBODY, SOMEBODY);
}

describe.skipIf(givesFilesAway.missing)(`files of somebody else${givesFilesAway.note}`, () => {
  test.each([
    ['the database', ['']],
    ['its log', ['-wal']],
    ['the index of its log', ['-shm']],
    ['a journal that is left', ['-journal']],
    ['its lock file', ['.lock']],
    ['all of them', ['', '-wal', '-shm', '.lock']],
  ])('a start that may not write to %s says so, with owner and remedy, and leaves no trace', async (_, suffixes) => {
    const path = newDatabasePath();
    await fillDatabase(path, ['a']);
    rmSync(`${path}.lock`);
    for (const suffix of suffixes) giveAway(`${path}${suffix}`);
    const before = readdirSync(join(path, '..'));
    const { output, exitCode } = await markInProcess(path, { within: withoutPrivileges });
    expect(output).toMatch(/^SEEN_STORE_OPEN: .*it is read-only: this user \(uid 0\) may not write to/);
    for (const suffix of suffixes) expect(output).toContain(`${path}${suffix} (owner ${SOMEBODY}, mode 644)`);
    expect(output).toContain(`chown 0 ${suffixes.map((suffix) => `${path}${suffix}`).join(' ')}.`);
    expect(exitCode).toBe(1);
    expect(readdirSync(join(path, '..'))).toEqual(before);
  });

  test('a start in a folder of somebody else says that the log needs the folder', async () => {
    const folder = join(temporaryFolder(), 'data');
    const path = join(folder, 'seen.sqlite');
    await fillDatabase(path, ['a']);
    chownSync(folder, SOMEBODY, SOMEBODY);
    const { output } = await markInProcess(path, { within: withoutPrivileges });
    expect(output).toContain(`its folder ${folder} (owner ${SOMEBODY}, mode 755)`);
    expect(output).toContain(`check that the folder is writable, for the log: chown 0 ${folder}.`);
  });

  test('a start in a folder that may not be entered says so', async () => {
    const folder = join(temporaryFolder(), 'data');
    await fillDatabase(join(folder, 'seen.sqlite'), ['a']);
    chmodSync(folder, 0o700);
    chownSync(folder, SOMEBODY, SOMEBODY);
    const { output } = await markInProcess(join(folder, 'seen.sqlite'), { within: withoutPrivileges });
    expect(output).toMatch(/^SEEN_STORE_OPEN: .*cannot be entered or created by this user/);
  });

  test('a start by a root that may give nothing away works where the file is everybody’s', async () => {
    const path = newDatabasePath();
    await fillDatabase(path, ['a']);
    rmSync(`${path}.lock`);
    giveAway(path);
    chmodSync(path, 0o666);
    const { output } = await markInProcess(path, { within: withoutPrivileges });
    expect(output).toBe('open\n');
    expect(statSync(`${path}.lock`)).toMatchObject({ uid: 0 });
  });

  test('a start by root leaves no lock file that shuts out the owner of the database', async () => {
    const path = newDatabasePath();
    await fillDatabase(path, ['a']);
    rmSync(`${path}.lock`);
    giveAway(path);
    await openStore(path);
    expect(statSync(`${path}.lock`)).toMatchObject({ uid: SOMEBODY, gid: SOMEBODY });
  });
});

describe.skipIf(smallDisks.missing)(`a read-only file system${smallDisks.note}`, () => {
  test('a start on it says how to mount it, also to root, and works once it is writable', async () => {
    const disk = SmallDisk.mount(2);
    const path = join(disk.folder, 'seen.sqlite');
    await fillDatabase(path, ['a']);
    disk.makeReadOnly();
    await expect(openStore(path)).rejects.toThrow(SeenStoreOpenError);
    await expect(openStore(path)).rejects.toThrow(/read-only, because the file system of .* is mounted without write/);
    disk.makeWritable();
    expect(await (await openStore(path)).filterUnseen(['a', 'b'])).toEqual(['b']);
  });

  test('a first start on it makes nothing and says why', async () => {
    const disk = SmallDisk.mount(1);
    disk.makeReadOnly();
    await expect(openStore(join(disk.folder, 'seen.sqlite'))).rejects.toThrow(/mounted without write access/);
    await expect(openStore(join(disk.folder, 'new/seen.sqlite'))).rejects.toThrow(/its file system is read-only/);
    expect(readdirSync(disk.folder)).toEqual([]);
  });
});

describe.skipIf(freezing.missing)(`files that turn read-only under the store${freezing.note}`, () => {
  test.each([['-wal'], ['', '-wal']])(
    'writes are refused with the reason, and go on afterwards: %j',
    async (...suffixes) => {
      const disk = new FreezingFolder();
      const path = join(disk.folder, 'seen.sqlite');
      const store = await openStore(path);
      await store.markSeen('before');
      disk.freeze(...suffixes.map((suffix) => `${path}${suffix}`));
      const refused = await Promise.allSettled([store.markSeen('a'), store.claim(['b'])]);
      for (const each of refused) {
        expect(each).toMatchObject({ reason: expect.any(SeenStoreError) });
        expect(each).toMatchObject({ reason: { message: expect.stringMatching(/it is read-only: .* chattr -i /) } });
      }
      expect(await store.filterUnseen(['before', 'a', 'b'])).toEqual(['a', 'b']);
      disk.thaw();
      await store.markSeen('a');
      expect(await store.claim(['b'])).toHaveLength(1);
      expect(await store.filterUnseen(['before', 'a'])).toEqual([]);
    },
  );
});
