import { describe, expect, test } from 'vitest';

import type { FirstRun } from '../../src/feed/options.ts';
import { SeenStoreError } from '../../src/store/index.ts';
import { DeliveryHarness } from '../support/delivery-harness.ts';
import { ReportFeed, reports, type Report } from '../support/report-feed.ts';

const usual = reports(8, 'usual');
const part: Report = { id: 'x', partial: true };
const whole: Report = { id: 'x' };

/** A feed that has had its first run. */
async function startUsual(firstRun: FirstRun = 'mark'): Promise<DeliveryHarness> {
  const harness = await DeliveryHarness.start({
    delivery: { firstRun, flood: { share: 0.5, minimum: 5 }, maxConcurrent: 1 },
    feed: new ReportFeed(),
  });
  await harness.deliver(usual);
  return harness;
}

function breakStore(harness: DeliveryHarness): () => void {
  const { store } = harness;
  const filterUnseen = store.filterUnseen.bind(store);
  store.filterUnseen = () => Promise.reject(new SeenStoreError('filterUnseen', 'disk I/O error'));
  return () => {
    store.filterUnseen = filterUnseen;
  };
}

describe('an item that may be listed in part', () => {
  test('it waits for the next batch, and is posted whole when it is whole there', async () => {
    const harness = await startUsual();
    expect(await harness.deliver([...usual, part])).toMatchObject({ posted: 0, marked: 0, skipped: 8 });
    expect(await harness.deliver([...usual, whole])).toMatchObject({ total: 9, posted: 1 });
    expect(harness.texts()).toEqual(['x']);
  });

  test('it waits once, and is then posted as it is listed', async () => {
    const harness = await startUsual();
    await harness.deliver([...usual, part]);
    expect(await harness.deliver([...usual, part])).toMatchObject({ posted: 1 });
    expect(await harness.deliver([...usual, part])).toMatchObject({ posted: 0, skipped: 9 });
    expect(harness.texts()).toEqual(['part of x']);
  });

  test.each([
    ['no longer lists it', usual, true],
    ['could be read in part', usual.slice(0, 2), false],
    ['lists nothing', [], true],
  ])('it is posted as it was when the source %s', async (_, items, complete) => {
    const harness = await startUsual();
    await harness.deliver([...usual, part]);
    expect(await harness.deliver(items, { complete })).toMatchObject({ posted: 1 });
    expect(await harness.deliver(usual)).toMatchObject({ posted: 0, total: 8 });
    expect(harness.texts()).toEqual(['part of x']);
  });

  const outage = { complete: false, error: new Error('503') };

  test.each([
    ['a poll that lists nothing and not all of it', [], { complete: false }],
    ['an outage', [], outage],
    ['an outage that leaves a page', usual.slice(0, 2), outage],
    ['an outage that leaves the page with a part of it', [...usual, part], outage],
  ])('%s is no look at it: it waits for the next', async (_, items, options) => {
    const harness = await startUsual();
    await harness.deliver([...usual, part]);
    for (let poll = 1; poll <= 3; poll += 1)
      expect(await harness.deliver(items, options)).toMatchObject({ posted: 0, marked: 0, failed: 0 });
    expect(await harness.deliver([...usual, whole])).toMatchObject({ posted: 1 });
    expect(harness.texts()).toEqual(['x']);
  });

  test('an outage that leaves the page with the whole of it ends its wait', async () => {
    const harness = await startUsual();
    await harness.deliver([...usual, part]);
    await harness.deliver([], outage);
    expect(await harness.deliver([whole], outage)).toMatchObject({ posted: 1 });
    expect(await harness.deliver([part], outage)).toMatchObject({ posted: 0 });
    expect(harness.texts()).toEqual(['x']);
  });

  test('it waits through three polls that say nothing, and goes out with the fourth', async () => {
    const harness = await startUsual();
    await harness.deliver([...usual, part]);
    for (const options of [outage, { complete: false }, outage])
      expect(await harness.deliver([], options)).toMatchObject({ posted: 0 });
    expect(await harness.deliver([], outage)).toMatchObject({ posted: 1 });
    expect(harness.texts()).toEqual(['part of x']);
  });

  test('each item counts the polls that it has waited through by itself', async () => {
    const harness = await startUsual();
    await harness.deliver([...usual, part]);
    await harness.deliver([], outage);
    await harness.deliver([{ id: 'y', partial: true } as Report], outage);
    await harness.deliver([], outage);
    expect(await harness.deliver([], outage)).toMatchObject({ posted: 1 });
    expect(await harness.deliver(usual)).toMatchObject({ posted: 1 });
    expect(harness.texts()).toEqual(['part of x', 'part of y']);
  });

  test('whole items go out meanwhile, and it comes before those of the next batch', async () => {
    const harness = await startUsual();
    expect(await harness.deliver([...usual, part, { id: 'y' }])).toMatchObject({ posted: 1 });
    await harness.deliver([...usual, { id: 'z' }, { id: 'y' }]);
    expect(harness.texts()).toEqual(['y', 'part of x', 'z']);
  });

  test('a process that starts anew lets it wait once more, and loses it not', async () => {
    const harness = await startUsual();
    await harness.deliver([...usual, part]);
    await harness.restart();
    expect(await harness.deliver([...usual, part])).toMatchObject({ posted: 0 });
    expect(await harness.deliver([...usual, part])).toMatchObject({ posted: 1 });
  });

  test('it does not wait for a whole one once it waits for its retry', async () => {
    const harness = await startUsual();
    await harness.store.release(await harness.store.claim([{ id: 'x', payload: whole }], { feed: 'notes' }));
    expect(await harness.deliver([...usual, part])).toMatchObject({ posted: 1 });
    expect(harness.texts()).toEqual(['part of x']);
  });

  test('an item that somebody has marked meanwhile is not posted', async () => {
    const harness = await startUsual();
    await harness.deliver([...usual, part]);
    await harness.store.markSeen('x');
    expect(await harness.deliver(usual)).toMatchObject({ posted: 0 });
  });
});

describe('first runs and floods of partial items', () => {
  test('a first run marks them', async () => {
    const harness = await DeliveryHarness.start({ delivery: { firstRun: 'mark' }, feed: new ReportFeed() });
    expect(await harness.deliver([part])).toMatchObject({ marked: 1 });
    expect(await harness.deliver([part])).toMatchObject({ posted: 0, skipped: 1 });
  });

  test('the newest of a first run over incomplete batches is not taken for an old item when it has waited', async () => {
    const harness = await DeliveryHarness.start({ delivery: { firstRun: 1 }, feed: new ReportFeed() });
    const newest: Report = { id: 'newest', minute: 5, partial: true };
    const other: Report = { id: 'other', minute: 9 };
    for (let poll = 1; poll <= 3; poll += 1) await harness.deliver([other, newest], { complete: false });
    expect(harness.texts()).toEqual([]);
    expect(await harness.deliver([other, newest])).toMatchObject({ posted: 1, marked: 0 });
    expect(harness.texts()).toEqual(['part of newest']);
  });

  test('they count as new in the batch that they waited for', async () => {
    const harness = await startUsual();
    const parts = reports(6, 'part').map(({ id }) => ({ id, partial: true }));
    expect(await harness.deliver([...usual.slice(0, 4), ...parts.slice(0, 4)])).toMatchObject({ held: 0, posted: 0 });
    const held = await harness.deliver([...usual.slice(0, 4), ...parts]);
    expect(held).toMatchObject({ held: 6, posted: 0 });
    const hold = await harness.store.holds.current('notes');
    expect(hold?.ids).toHaveLength(6);
    await harness.store.holds.decide(hold?.id ?? 0, 'post', '1');
    expect(await harness.deliver(usual)).toMatchObject({ posted: 6 });
  });
});

describe('partial items while the store fails', () => {
  test('one that has waited is posted without the store, once', async () => {
    const harness = await startUsual();
    await harness.deliver([...usual, part]);
    const mend = breakStore(harness);
    expect(await harness.deliver([...usual, whole])).toMatchObject({ posted: 1 });
    expect(await harness.deliver([...usual, whole])).toMatchObject({ posted: 0 });
    mend();
    expect(await harness.deliver([...usual, whole])).toMatchObject({ posted: 0 });
    expect(harness.texts()).toEqual(['x']);
  });

  test('one that comes meanwhile waits once as well, and is not lost when the feed drops it', async () => {
    const harness = await startUsual();
    const mend = breakStore(harness);
    expect(await harness.deliver([...usual, part])).toMatchObject({ posted: 0 });
    expect(await harness.deliver(usual)).toMatchObject({ posted: 1 });
    mend();
    expect(await harness.deliver(usual)).toMatchObject({ posted: 0 });
    expect(harness.texts()).toEqual(['part of x']);
  });

  test('it waits through polls that say nothing as well', async () => {
    const harness = await startUsual();
    await harness.deliver([...usual, part]);
    breakStore(harness);
    for (let poll = 1; poll <= 3; poll += 1)
      expect(await harness.deliver([], { complete: false })).toMatchObject({ posted: 0 });
    expect(await harness.deliver([], { complete: false })).toMatchObject({ posted: 1 });
    expect(await harness.deliver([], { complete: false })).toMatchObject({ posted: 0 });
  });

  test('where the feed waits for the store, one that has waited goes out when the store is back', async () => {
    const harness = await startUsual();
    await harness.restart({ onStoreError: 'hold' });
    await harness.deliver([...usual, part]);
    const mend = breakStore(harness);
    expect(await harness.deliver(usual)).toMatchObject({ posted: 0 });
    mend();
    expect(await harness.deliver(usual)).toMatchObject({ posted: 1 });
    expect(harness.texts()).toEqual(['part of x']);
  });
});
