import { describe, expect, test } from 'vitest';

import type { FirstRun } from '../../src/feed/options.ts';
import { DeliveryHarness } from '../support/delivery-harness.ts';
import { notes, NoteFeed, type Note } from '../support/notes.ts';
import { ReportFeed, reports, type Report } from '../support/report-feed.ts';

/** The feed of an author who has taken a property for the key that some items do not have, until that is mended. */
function breakKey(feed: NoteFeed, isBad: (item: Note) => boolean = () => true): () => void {
  const key = feed.key.bind(feed);
  feed.key = (item) => (isBad(item) ? (undefined as never) : key(item));
  return () => {
    feed.key = key;
  };
}

const startWith = (feed: NoteFeed, firstRun: FirstRun = 'mark'): Promise<DeliveryHarness> =>
  DeliveryHarness.start({ delivery: { firstRun }, feed });

describe('a first run in which all items are refused', () => {
  test.each(['mark', 1, 0] as const)('with %s waits until they can be used, and says so', async (firstRun) => {
    const feed = new NoteFeed();
    const mend = breakKey(feed);
    const harness = await startWith(feed, firstRun);
    for (let poll = 1; poll <= 5; poll += 1) await harness.deliver(notes(5));
    expect(harness.logger.of('feed_first_run')).toEqual([]);
    expect(harness.logger.of('feed_first_run_waits')).toHaveLength(5);
    expect(harness.logger.of('feed_first_run_waits')[0]).toMatchObject({
      fields: { feed: 'notes', listed: 5, refused: 5, hint: expect.stringContaining('feed_items_refused') as string },
    });
    expect(await harness.store.coverage.of('notes')).toBeNull();
    expect((await harness.store.stats()).lastCycle).toBeNull();
    mend();
    await harness.restart();
    const newest = Number(firstRun) || 0;
    expect(await harness.deliver(notes(5))).toMatchObject({ marked: 5 - newest, posted: newest });
    expect(await harness.deliver([...notes(5), { id: 'new' }])).toMatchObject({ posted: 1 });
  });

  test('with post, they are posted once they can be used', async () => {
    const feed = new NoteFeed();
    const mend = breakKey(feed);
    const harness = await startWith(feed, 'post');
    await harness.deliver(notes(60));
    mend();
    expect(await harness.deliver(notes(60))).toMatchObject({ posted: 60, held: 0 });
  });

  test('because JSON cannot hold them, waits as well', async () => {
    const harness = await startWith(new NoteFeed());
    await harness.deliver(notes(5).map((note) => Object.assign(note, { size: 1n })));
    expect(harness.logger.of('feed_first_run_waits')).toMatchObject([{ fields: { listed: 5, refused: 5 } }]);
    expect(await harness.deliver(notes(5))).toMatchObject({ marked: 5, posted: 0 });
  });
});

describe('a first run in which some items are refused', () => {
  test.each(['mark', 1] as const)('with %s waits for those without a time', async (firstRun) => {
    const feed = new NoteFeed();
    const mend = breakKey(feed, ({ id }) => id > 'n3');
    const harness = await startWith(feed, firstRun);
    for (let poll = 1; poll <= 5; poll += 1) expect(await harness.deliver(notes(6))).toMatchObject({ posted: 0 });
    expect(harness.logger.of('feed_first_run_waits').at(-1)).toMatchObject({ fields: { listed: 6, refused: 3 } });
    mend();
    const newest = Number(firstRun) || 0;
    expect(await harness.deliver(notes(6))).toMatchObject({ marked: 6 - newest, posted: newest });
  });

  test('is made over three batches where their times show them to be old, and they are no news once mended', async () => {
    const feed = new ReportFeed();
    const mend = breakKey(feed, ({ id }) => id === 'r2' || id === 'r3');
    const harness = await startWith(feed);
    for (let poll = 1; poll <= 3; poll += 1) await harness.deliver(reports(6, 'r'));
    expect(harness.logger.of('feed_first_run_waits')).toHaveLength(2);
    expect(harness.logger.of('feed_first_run')).toMatchObject([{ fields: { marked: 4, to_post: 0 } }]);
    expect(await harness.deliver([...reports(6, 'r'), ...reports(1, 'news', 50)])).toMatchObject({ posted: 1 });
    mend();
    await harness.restart();
    const later = reports(1, 'later', 60);
    expect(await harness.deliver([...reports(6, 'r'), ...later])).toMatchObject({ marked: 2, posted: 1 });
    expect(harness.texts()).toEqual(['news1', 'later1']);
  });

  test('waits while one of them is the newest, since it would look like news once mended', async () => {
    const feed = new ReportFeed();
    const mend = breakKey(feed, ({ id }) => id === 'r6');
    const harness = await startWith(feed);
    for (let poll = 1; poll <= 5; poll += 1) await harness.deliver(reports(6, 'r'));
    expect(harness.logger.of('feed_first_run')).toEqual([]);
    mend();
    expect(await harness.deliver(reports(6, 'r'))).toMatchObject({ marked: 6, posted: 0 });
  });

  test('goes on after ten batches without an item that the source never mends', async () => {
    const feed = new NoteFeed();
    breakKey(feed, ({ id }) => id === 'n2');
    const harness = await startWith(feed);
    for (let poll = 1; poll <= 9; poll += 1) await harness.deliver(notes(6));
    expect(harness.logger.of('feed_first_run')).toEqual([]);
    expect(await harness.deliver(notes(6))).toMatchObject({ marked: 5, posted: 0 });
    expect(await harness.deliver(notes(7))).toMatchObject({ posted: 1 });
  });

  test('with post delivers the others at once', async () => {
    const feed = new NoteFeed();
    breakKey(feed, ({ id }) => id === 'n1');
    const harness = await startWith(feed, 'post');
    expect(await harness.deliver(notes(6))).toMatchObject({ posted: 5 });
  });
});

describe('a new category', () => {
  const inCategory = (category: string): Report[] =>
    [1, 2, 3].map((number) => ({ id: `${category}${number}`, categories: [category] }));

  async function startCovered(isBad: (item: Note) => boolean) {
    const feed = new ReportFeed();
    const harness = await startWith(feed);
    await harness.deliver(inCategory('a'), { categories: ['a'] });
    return { harness, mend: breakKey(feed, isBad) };
  }

  test('waits for its refused items, while the others are delivered', async () => {
    const { harness, mend } = await startCovered(({ id }) => id.startsWith('b'));
    const listed = [...inCategory('a'), { id: 'a9', categories: ['a'] }, ...inCategory('b')];
    expect(await harness.deliver(listed, { categories: ['a', 'b'] })).toMatchObject({ posted: 1, marked: 0 });
    mend();
    expect(await harness.deliver(listed, { categories: ['a', 'b'] })).toMatchObject({ posted: 0, marked: 3 });
  });

  test('does not wait for ever for the refused items of another', async () => {
    const { harness } = await startCovered(({ id }) => id === 'a1');
    const listed = [...inCategory('a'), ...inCategory('b')];
    for (let poll = 1; poll <= 3; poll += 1) await harness.deliver(listed, { categories: ['a', 'b'] });
    expect(harness.logger.of('feed_first_run').at(-1)).toMatchObject({ fields: { categories: ['b'], marked: 3 } });
  });
});

test('an item that is always refused keeps no id from ageing', async () => {
  const feed = new NoteFeed();
  const harness = await startWith(feed);
  await harness.deliver(notes(3));
  breakKey(feed, ({ id }) => id === 'n4');
  for (let day = 1; day <= 20; day += 1) {
    await harness.clock.advance(86_400_000);
    await harness.deliver(notes(4).slice(1));
  }
  await harness.store.purgeExpired();
  expect(await harness.store.filterUnseen(['n1', 'n2', 'n3'])).toEqual(['n1']);
});

test('a batch of refused items is no look at the source: the ids that they may have do not age', async () => {
  const feed = new NoteFeed();
  const harness = await startWith(feed);
  await harness.deliver(notes(3));
  const mend = breakKey(feed);
  for (let day = 1; day <= 20; day += 1) {
    await harness.clock.advance(86_400_000);
    await harness.deliver(notes(3));
  }
  await harness.store.purgeExpired();
  mend();
  expect(await harness.deliver(notes(3))).toMatchObject({ skipped: 3, posted: 0 });
});
