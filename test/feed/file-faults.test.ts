import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

import { ids } from '../../local/discord/index.ts';
import { damagePages } from '../support/database-file.ts';
import { FreezingFolder, freezing } from '../support/frozen-file.ts';
import { SmallDisk, smallDisks } from '../support/small-disk.ts';
import { DeliveryHarness } from '../support/delivery-harness.ts';
import { notes } from '../support/notes.ts';

const listed = notes(80);
const news = [...listed, { id: 'new' }];

/** A feed whose first run is over. */
async function startKnowing(onStoreError: 'deliver' | 'hold', path?: string): Promise<DeliveryHarness> {
  const store = path === undefined ? {} : { path };
  const harness = await DeliveryHarness.start({ store, delivery: { firstRun: 'mark', onStoreError } });
  await harness.deliver(listed);
  return harness;
}

const complaints = (harness: DeliveryHarness) => harness.logger.of('feed_store_unavailable');

describe.skipIf(smallDisks.missing)(`a disk that is really full${smallDisks.note}`, () => {
  test('on a full disk, deliver posts new items once, and marks them later', async () => {
    const disk = SmallDisk.mount(2);
    const harness = await startKnowing('deliver', join(disk.folder, 'seen.sqlite'));
    disk.fill();
    for (const more of [news, news, [...news, { id: 'newer' }]]) await harness.deliver(more);
    expect(harness.texts()).toHaveLength(2);
    expect(complaints(harness)).toHaveLength(1);
    expect(String(complaints(harness)[0]?.fields['error'])).toMatch(/full/);
    disk.free();
    await harness.deliver([...news, { id: 'newer' }]);
    await harness.restart();
    expect(await harness.deliver([...news, { id: 'newer' }])).toMatchObject({ posted: 0, skipped: 82 });
    expect(harness.texts()).toHaveLength(2);
  });

  test('on a full disk, hold posts nothing until there is room again', async () => {
    const disk = SmallDisk.mount(2);
    const harness = await startKnowing('hold', join(disk.folder, 'seen.sqlite'));
    disk.fill();
    await harness.deliver(news);
    expect(harness.texts()).toEqual([]);
    disk.free();
    expect(await harness.deliver(news)).toMatchObject({ posted: 1 });
    expect(harness.texts()).toHaveLength(1);
  });
});

describe.skipIf(freezing.missing)(`a log that turns read-only under the bot${freezing.note}`, () => {
  test.each([
    ['deliver', 1],
    ['hold', 0],
  ] as const)(
    'with the policy %s, %i of one new item is posted meanwhile, and each once in the end',
    async (policy, posted) => {
      const disk = new FreezingFolder();
      const path = join(disk.folder, 'seen.sqlite');
      const harness = await startKnowing(policy, path);
      disk.freeze(`${path}-wal`);
      for (const more of [news, news]) await harness.deliver(more);
      expect(harness.texts()).toHaveLength(posted);
      expect(String(complaints(harness)[0]?.fields['error'])).toMatch(/it is read-only/);
      disk.thaw();
      await harness.deliver(news);
      await harness.restart();
      expect(await harness.deliver(news)).toMatchObject({ posted: 0, skipped: 81 });
      expect(harness.texts()).toHaveLength(1);
    },
  );
});

describe('a file that goes away under the bot', () => {
  test('after the file was deleted nothing is posted again, not even after a restart', async () => {
    const harness = await startKnowing('deliver');
    for (const suffix of ['', '-wal', '-shm']) rmSync(`${harness.path}${suffix}`, { force: true });
    expect(await harness.deliver(news)).toMatchObject({ posted: 1, skipped: 80 });
    await harness.restart();
    expect(await harness.deliver(news)).toMatchObject({ posted: 0, skipped: 81 });
    expect(harness.logger.of('seen_store_file_moved')).toHaveLength(1);
  });
});

describe('a damaged file', () => {
  test('damage found while the bot runs is logged once, and new items are posted once', async () => {
    const harness = await startKnowing('deliver');
    await harness.restart();
    await harness.deliver(listed);
    damagePages(harness.path);
    for (const more of [news, news]) await harness.deliver(more);
    expect(harness.texts()).toHaveLength(1);
    expect(complaints(harness)).toHaveLength(1);
    expect(harness.logger.of('seen_store_damaged')).toHaveLength(1);
  });

  test('a file found damaged at the start is set aside, nothing is posted, and the flood breaker asks', async () => {
    const harness = await startKnowing('deliver');
    await harness.store.close();
    damagePages(harness.path);
    await harness.restart({ firstRun: 'post' });
    expect(harness.logger.of('seen_store_set_aside')).toHaveLength(1);
    expect(await harness.deliver(news)).toMatchObject({ posted: 0, held: 81 });
    expect(harness.texts(ids.announcements)).toEqual([expect.stringContaining('flood breaker')]);
  });
});
