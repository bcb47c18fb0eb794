import { expect, test } from 'vitest';

import type { FirstRun } from '../../src/feed/options.ts';
import { DeliveryHarness } from '../support/delivery-harness.ts';
import { notes } from '../support/notes.ts';

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
  'a first run with %s waits for a complete batch that lists something, and leaves no trace until then',
  async (firstRun) => {
    const harness = await startWith(firstRun);
    await harness.deliver(notes(1), { complete: false });
    await harness.deliver([]);
    expect(harness.logger.of('feed_first_run_waits')).toHaveLength(2);
    expect((await harness.store.stats()).lastCycle).toBeNull();
    expect(await harness.store.filterUnseen(['n1'])).toEqual(['n1']);
    const newest = firstRun === 'mark' ? 0 : 1;
    expect(await harness.deliver(notes(60))).toMatchObject({ marked: 60 - newest, posted: newest });
  },
);

test('a first run with post that follows an empty batch is not taken for a flood', async () => {
  const harness = await startWith('post');
  await harness.deliver([]);
  expect(await harness.deliver(notes(60))).toMatchObject({ posted: 60, held: 0 });
});
