import { describe, expect, test } from 'vitest';

import type { FirstRun } from '../../src/feed/options.ts';
import { DeliveryHarness } from '../support/delivery-harness.ts';
import { notes } from '../support/notes.ts';
import { TwoFeeds } from '../support/two-feeds.ts';

const startWith = (firstRun: FirstRun): Promise<DeliveryHarness> => DeliveryHarness.start({ delivery: { firstRun } });
const more = [...notes(3), { id: 'new' }];

test('a first run marks what is listed, and the second run posts only what is new', async () => {
  const harness = await startWith('mark');
  expect(await harness.deliver(notes(3))).toMatchObject({ total: 3, marked: 3, posted: 0, enriched: 0 });
  expect(harness.texts()).toEqual([]);
  await harness.restart();
  expect(await harness.deliver(more)).toMatchObject({ total: 4, skipped: 3, marked: 0, posted: 1 });
  expect(harness.texts()).toEqual(['new: about new']);
});

test('a first run with post posts everything, and the second run only what is new', async () => {
  const harness = await startWith('post');
  expect(await harness.deliver(notes(3))).toMatchObject({ marked: 0, posted: 3 });
  expect(await harness.deliver(more)).toMatchObject({ posted: 1 });
});

test('a first run with a number marks the old items and posts the newest', async () => {
  const harness = await startWith(2);
  expect(await harness.deliver(notes(5))).toMatchObject({ marked: 3, posted: 2 });
  expect(harness.texts()).toEqual(['n4: about n4', 'n5: about n5']);
});

test('a first run with a number posts all when fewer are listed', async () => {
  const harness = await startWith(10);
  expect(await harness.deliver(notes(2))).toMatchObject({ marked: 0, posted: 2 });
});

test.each(['mark', 1] as const)(
  'a first run with %s waits for a complete batch, and leaves no trace until then',
  async (firstRun) => {
    const harness = await startWith(firstRun);
    await harness.deliver(notes(1), { complete: false });
    await harness.deliver(notes(1), { complete: false });
    expect(harness.logger.of('feed_first_run_waits')).toMatchObject([
      { fields: { feed: 'notes', listed: 1, complete: false } },
      { fields: { feed: 'notes', listed: 1, complete: false } },
    ]);
    expect((await harness.store.stats()).lastCycle).toBeNull();
    expect(await harness.store.coverage.of('notes')).toBeNull();
    expect(await harness.store.filterUnseen(['n1'])).toEqual(['n1']);
    const newest = firstRun === 'mark' ? 0 : 1;
    expect(await harness.deliver(notes(60))).toMatchObject({ marked: 60 - newest, posted: newest });
  },
);

test('a first run that dies after it has marked is made again, and marks the rest', async () => {
  const harness = await startWith('mark');
  const { store } = harness;
  const markSeen = store.markSeen.bind(store);
  store.markSeen = async (ids) => {
    await markSeen(ids.slice(0, 2));
    await store.close();
  };
  await expect(harness.deliver(notes(5))).rejects.toThrow('closed store');
  await harness.restart();
  expect(await harness.deliver([...notes(5), { id: 'since' }])).toMatchObject({ skipped: 2, marked: 4, posted: 0 });
  expect(await harness.deliver([...notes(5), { id: 'new' }])).toMatchObject({ posted: 1 });
});

describe('a source that lists nothing', () => {
  test.each(['mark', 1, 0] as const)('an empty complete batch is a first run with %s', async (firstRun) => {
    const harness = await startWith(firstRun);
    expect(await harness.deliver([])).toMatchObject({ total: 0, marked: 0 });
    await harness.restart();
    expect(await harness.deliver([])).toMatchObject({ total: 0 });
    expect(await harness.deliver(notes(2))).toMatchObject({ marked: 0, posted: 2 });
    expect(harness.texts()).toEqual(['n1: about n1', 'n2: about n2']);
    expect(harness.logger.of('feed_first_run')).toHaveLength(1);
  });

  test('an empty batch that is not complete is no first run, however often it comes', async () => {
    const harness = await startWith('mark');
    for (let poll = 0; poll < 5; poll += 1) await harness.deliver([], { complete: false });
    expect((await harness.store.stats()).lastCycle).toBeNull();
    expect(await harness.deliver(notes(2))).toMatchObject({ marked: 2, posted: 0 });
  });

  test('each feed of a store has a first run of its own, an empty one too', async () => {
    const bot = await TwoFeeds.start({ delivery: { firstRun: 'mark' } });
    expect(await bot.deliver('news', notes(2))).toMatchObject({ marked: 2, posted: 0 });
    expect(await bot.deliver('blog', [])).toMatchObject({ marked: 0 });
    expect(await bot.deliver('blog', notes(2))).toMatchObject({ marked: 0, posted: 2 });
    expect(bot.posts).toEqual(['blog n1', 'blog n2']);
  });

  test('what a source lists by the thousand after an empty first run is held', async () => {
    const harness = await startWith('mark');
    await harness.deliver([]);
    expect(await harness.deliver(notes(300))).toMatchObject({ posted: 0, held: 300 });
  });

  test('what a source lists by the thousand after an empty first run and a few news is held', async () => {
    const harness = await startWith('mark');
    await harness.deliver([]);
    expect(await harness.deliver(notes(3))).toMatchObject({ posted: 3 });
    expect(await harness.deliver(notes(300))).toMatchObject({ posted: 0, held: 297 });
  });

  test('an empty first run lets no id age', async () => {
    const harness = await startWith('mark');
    await harness.deliver([]);
    await harness.store.markSeen('a', 0);
    expect(await harness.store.purgeExpired()).toBe(0);
  });

  test('a first run with post that follows an empty batch is not taken for a flood', async () => {
    const harness = await startWith('post');
    await harness.deliver([]);
    expect(await harness.deliver(notes(60))).toMatchObject({ posted: 60, held: 0 });
  });
});
