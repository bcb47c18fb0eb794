import { closeSync, openSync, rmSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

import { ids } from '../discord/index.ts';
import { SmallDisk } from '../small-disk.ts';
import { Bench } from './bench.ts';
import { notes } from './notes.ts';

const listed = notes(80);
const news = [...listed, { id: 'new' }];

/** A feed whose first run is over. */
async function startKnowing(onStoreError: 'deliver' | 'hold', path?: string): Promise<Bench> {
  const store = path === undefined ? {} : { path };
  const bench = await Bench.start({ store, delivery: { firstRun: 'mark', onStoreError } });
  await bench.deliver(listed);
  return bench;
}

/** Overwrites everything behind the first page, which holds the schema. */
function damagePages(path: string): void {
  const { size } = statSync(path);
  const file = openSync(path, 'r+');
  writeSync(file, Buffer.alloc(size - 4_096, 0xaa), 0, size - 4_096, 4_096);
  closeSync(file);
}

const complaints = (bench: Bench) => bench.logger.of('feed_store_unavailable');

describe('a disk that is really full', () => {
  test('with deliver, what is new is posted once, and marked when there is room again', async ({ skip }) => {
    const disk = SmallDisk.mount(2) ?? skip('needs the right to mount a small disk');
    const bench = await startKnowing('deliver', join(disk.folder, 'seen.sqlite'));
    disk.fill();
    for (const more of [news, news, [...news, { id: 'newer' }]]) await bench.deliver(more);
    expect(bench.texts()).toHaveLength(2);
    expect(complaints(bench)).toHaveLength(3);
    expect(String(complaints(bench)[0]?.fields['error'])).toMatch(/full/);
    disk.free();
    await bench.deliver([...news, { id: 'newer' }]);
    await bench.restart();
    expect(await bench.deliver([...news, { id: 'newer' }])).toMatchObject({ posted: 0, skipped: 82 });
    expect(bench.texts()).toHaveLength(2);
  });

  test('with hold, nothing is posted, and everything once there is room again', async ({ skip }) => {
    const disk = SmallDisk.mount(2) ?? skip('needs the right to mount a small disk');
    const bench = await startKnowing('hold', join(disk.folder, 'seen.sqlite'));
    disk.fill();
    await bench.deliver(news);
    expect(bench.texts()).toEqual([]);
    disk.free();
    expect(await bench.deliver(news)).toMatchObject({ posted: 1 });
    expect(bench.texts()).toHaveLength(1);
  });
});

describe('a file that goes away under the bot', () => {
  test('deleted: nothing is posted again, not even after a restart', async () => {
    const bench = await startKnowing('deliver');
    for (const suffix of ['', '-wal', '-shm']) rmSync(`${bench.path}${suffix}`, { force: true });
    expect(await bench.deliver(news)).toMatchObject({ posted: 1, skipped: 80 });
    await bench.restart();
    expect(await bench.deliver(news)).toMatchObject({ posted: 0, skipped: 81 });
    expect(bench.logger.of('seen_store_file_moved')).toHaveLength(1);
  });
});

describe('a damaged file', () => {
  test('found while the bot runs: one line a cycle, and what is new is posted once', async () => {
    const bench = await startKnowing('deliver');
    await bench.restart();
    await bench.deliver(listed);
    damagePages(bench.path);
    for (const more of [news, news]) await bench.deliver(more);
    expect(bench.texts()).toHaveLength(1);
    expect(complaints(bench)).toHaveLength(2);
    expect(bench.logger.of('seen_store_damaged')).toHaveLength(1);
  });

  test('found at the start: it is set aside, nothing is posted, and the flood breaker asks', async () => {
    const bench = await startKnowing('deliver');
    await bench.store.close();
    damagePages(bench.path);
    await bench.restart({ firstRun: 'post' });
    expect(bench.logger.of('seen_store_set_aside')).toHaveLength(1);
    expect(await bench.deliver(news)).toMatchObject({ posted: 0, held: 81 });
    expect(bench.texts(ids.announcements)).toEqual([expect.stringContaining('flood breaker')]);
  });
});
