import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';

import { SeenStoreError } from '../../src/store/index.ts';
import { openStore } from '../support/database-file.ts';
import { RecordingLogger } from '../support/recording-logger.ts';
import { SmallDisk, smallDisks } from '../support/small-disk.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** A volume that can be taken away and come back: a disk that is mounted a second time, in a folder of another one. */
class Volume {
  readonly folder = join(temporaryFolder(), 'data');
  readonly #disk = SmallDisk.mount(4);

  constructor() {
    mkdirSync(this.folder);
    onTestFinished(() => this.takeAway());
    this.bringBack();
  }

  takeAway(): void {
    spawnSync('umount', ['-l', this.folder]);
  }

  bringBack(): void {
    const { status, stderr } = spawnSync('mount', ['--bind', this.#disk.folder, this.folder], { encoding: 'utf8' });
    if (status !== 0) throw new Error(stderr);
  }
}

describe.skipIf(smallDisks.missing)(`a volume that goes away under the store${smallDisks.note}`, () => {
  test.each(['after', 'before'] as const)(
    'a volume that goes away %s the first write refuses writes until it is back, and nothing is written beneath it',
    async (when) => {
      const volume = new Volume();
      const logger = new RecordingLogger();
      const store = await openStore(join(volume.folder, 'seen.sqlite'), logger);
      if (when === 'after') await store.markSeen('acknowledged');
      volume.takeAway();
      await expect(store.markSeen('refused')).rejects.toThrow(SeenStoreError);
      await expect(store.markSeen('refused too')).rejects.toThrow(/the volume of .* is not there\. Mount it again/);
      expect(readdirSync(volume.folder)).toEqual([]);
      volume.bringBack();
      await store.markSeen('back');
      await store.close();
      const next = await openStore(join(volume.folder, 'seen.sqlite'));
      const acknowledged = [...(when === 'after' ? ['acknowledged'] : []), 'back'];
      expect(await next.filterUnseen([...acknowledged, 'new'])).toEqual(['new']);
    },
  );

  test('a volume that goes away and comes back under an idle store is told once each, and the store goes on', async () => {
    const volume = new Volume();
    const logger = new RecordingLogger();
    const store = await openStore(join(volume.folder, 'seen.sqlite'), logger);
    await store.markSeen('acknowledged');
    volume.takeAway();
    await expect.poll(() => logger.of('seen_store_place_gone')).toMatchObject([{ level: 'error' }]);
    volume.bringBack();
    await expect.poll(() => logger.of('seen_store_place_back')).toHaveLength(1);
    expect(logger.of('seen_store_place_gone')).toHaveLength(1);
    expect(await store.isSeen('acknowledged')).toBe(true);
    await store.markSeen('after');
    expect(await store.filterUnseen(['acknowledged', 'after', 'new'])).toEqual(['new']);
  });

  test('a store that closes while its volume is away does so without a complaint, and loses nothing', async () => {
    const volume = new Volume();
    const path = join(volume.folder, 'seen.sqlite');
    const store = await openStore(path);
    await store.markSeen('acknowledged');
    volume.takeAway();
    await store.close();
    expect(readdirSync(volume.folder)).toEqual([]);
    volume.bringBack();
    expect(await (await openStore(path)).isSeen('acknowledged')).toBe(true);
  });
});
