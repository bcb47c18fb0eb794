import { describe, expect, test } from 'vitest';

import type { FirstRun } from '../../src/feed/options.ts';
import { DeliveryHarness } from '../support/delivery-harness.ts';
import { notes } from '../support/notes.ts';
import { ReportFeed, reports, type Report } from '../support/report-feed.ts';

const incomplete = { complete: false };

/** The items of a source: numbers 1 to 40, published a minute apart. */
const all = reports(40, 'r');
/** The page of the source that stays bad, and the others. */
const badPage = all.slice(20, 30);
const others = all.filter((item) => !badPage.includes(item));

const startWith = (firstRun: FirstRun = 'mark'): Promise<DeliveryHarness> =>
  DeliveryHarness.start({ delivery: { firstRun }, feed: new ReportFeed() });

/** A feed whose first run was made over three batches without the bad page. */
async function startWithBadPage(firstRun: FirstRun = 'mark'): Promise<DeliveryHarness> {
  const harness = await startWith(firstRun);
  for (let poll = 1; poll <= 3; poll += 1) await harness.deliver(others, incomplete);
  return harness;
}

test('a first run waits while every item that is listed is refused', async () => {
  const feed = new ReportFeed();
  const harness = await DeliveryHarness.start({ delivery: { firstRun: 'mark' }, feed });
  const broken = Object.assign(feed, { key: () => '' });
  expect(await harness.deliver(all)).toMatchObject({ marked: 0, posted: 0 });
  expect(harness.logger.of('feed_first_run')).toEqual([]);
  Reflect.deleteProperty(broken, 'key');
  expect(await harness.deliver(all)).toMatchObject({ marked: 40, posted: 0 });
});

describe('a page that stays bad', () => {
  test('the third incomplete batch is made the first run, and news is posted from then on', async () => {
    const harness = await startWith();
    expect(await harness.deliver(others, incomplete)).toMatchObject({ marked: 0 });
    expect(await harness.deliver(others, incomplete)).toMatchObject({ marked: 0 });
    expect(await harness.deliver(others, incomplete)).toMatchObject({ marked: 30, posted: 0 });
    expect(harness.logger.of('feed_first_run_waits')).toHaveLength(2);
    expect(harness.logger.of('feed_first_run')).toMatchObject([
      { fields: { marked: 30, to_post: 0, old_before: '2026-01-01T00:40:00.000Z' } },
    ]);
    const [news] = reports(1, 'news', 41);
    expect(await harness.deliver([...others, news ?? all[0]!], incomplete)).toMatchObject({ posted: 1, marked: 0 });
    expect(harness.texts()).toEqual(['news1']);
  });

  test('batches that list nothing do not count, and do not begin the count anew', async () => {
    const harness = await startWith();
    for (const items of [others, [], others, []]) await harness.deliver(items, incomplete);
    expect(harness.logger.of('feed_first_run')).toEqual([]);
    expect(await harness.deliver(others, incomplete)).toMatchObject({ marked: 30 });
  });

  test('a restart begins the count anew', async () => {
    const harness = await startWith();
    await harness.deliver(others, incomplete);
    await harness.deliver(others, incomplete);
    await harness.restart();
    expect(await harness.deliver(others, incomplete)).toMatchObject({ marked: 0 });
    expect(harness.logger.of('feed_first_run')).toEqual([]);
  });

  test('a first run is made over everything that one of the batches listed', async () => {
    const harness = await startWith();
    await harness.deliver(notes(6, 'a'), incomplete);
    await harness.deliver(notes(6, 'b'), incomplete);
    expect(await harness.deliver(notes(6, 'c'), incomplete)).toMatchObject({ marked: 18 });
    const listed = [...notes(6, 'a'), ...notes(6, 'b'), ...notes(6, 'c')];
    expect(await harness.deliver(listed)).toMatchObject({ skipped: 18, posted: 0 });
  });

  test('a first run with a number posts the newest of what was listed, once', async () => {
    const harness = await startWithBadPage(2);
    expect(harness.texts()).toEqual(['r39', 'r40']);
    expect(await harness.deliver(all)).toMatchObject({ marked: 10, posted: 0 });
  });

  test('a first run with post waits for nothing, and never takes the rest for a flood', async () => {
    const harness = await DeliveryHarness.start({ delivery: { firstRun: 'post', flood: { share: 0.1, minimum: 5 } } });
    expect(await harness.deliver(notes(10, 'a'), incomplete)).toMatchObject({ posted: 10 });
    await harness.restart();
    const listed = [...notes(10, 'a'), ...notes(20, 'b')];
    expect(await harness.deliver(listed)).toMatchObject({ posted: 20, held: 0 });
  });
});

describe('the items of the page that was bad', () => {
  test('they are marked when the page comes back, and news beside them is posted', async () => {
    const harness = await startWithBadPage();
    await harness.restart();
    const news = reports(3, 'news', 41);
    expect(await harness.deliver([...all, ...news])).toMatchObject({ marked: 10, posted: 3 });
    expect(harness.texts()).toEqual(['news1', 'news2', 'news3']);
    expect(harness.logger.of('feed_old_items_marked')).toMatchObject([
      { fields: { feed: 'notes', marked: 10, example: 'r21', published_before: '2026-01-01T00:40:00.000Z' } },
    ]);
  });

  test('they are marked in each batch that shows some of them, until a batch is complete', async () => {
    const harness = await startWithBadPage();
    expect(await harness.deliver(all.slice(0, 24), incomplete)).toMatchObject({ marked: 4, posted: 0 });
    expect(await harness.deliver(all.slice(0, 27), incomplete)).toMatchObject({ marked: 3, posted: 0 });
    expect(await harness.deliver(all)).toMatchObject({ marked: 3, posted: 0 });
    expect(await harness.deliver([{ id: 'late', minute: 5 } as Report, ...all])).toMatchObject({ posted: 1 });
  });

  test('an item published at the time of the newest one that was listed, or without a time, is news', async () => {
    const harness = await startWithBadPage();
    const same: Report = { id: 'same', minute: 40 };
    const before: Report = { id: 'before', minute: 39 };
    const timeless: Report = { id: 'timeless' };
    expect(await harness.deliver([before, same, timeless, ...all])).toMatchObject({ marked: 11, posted: 2 });
    expect(harness.texts()).toEqual(['same', 'timeless']);
  });

  test('the newest item counts that any of the batches listed, by the feed’s own time', async () => {
    const harness = await startWith();
    await harness.deliver([...others, { id: 'gone', minute: 60 } as Report], incomplete);
    await harness.clock.advance(3_600_000);
    await harness.deliver(others, incomplete);
    await harness.deliver(others, incomplete);
    const [early, late]: Report[] = [
      { id: 'early', minute: 59 },
      { id: 'late', minute: 60 },
    ];
    expect(await harness.deliver([...others, early!, late!], incomplete)).toMatchObject({ marked: 1, posted: 1 });
    expect(harness.texts()).toEqual(['late']);
  });

  test('without times, they are news', async () => {
    const harness = await DeliveryHarness.start({ delivery: { firstRun: 'mark' } });
    for (let poll = 1; poll <= 3; poll += 1) await harness.deliver(notes(30), incomplete);
    expect(await harness.deliver(notes(40))).toMatchObject({ marked: 0, posted: 10 });
  });

  test.each([
    ['an invalid date', new Date(Number.NaN)],
    ['no date', '2026-01-01' as never],
  ])('an item whose time is %s has none', async (_, time) => {
    const feed = new ReportFeed();
    feed.publishedAt = ({ id }) => (id === 'odd' ? time : new Date(0));
    const harness = await DeliveryHarness.start({ delivery: { firstRun: 'mark' }, feed });
    for (let poll = 1; poll <= 3; poll += 1) await harness.deliver(notes(3), incomplete);
    expect(await harness.deliver([...notes(3), { id: 'odd' }])).toMatchObject({ posted: 1 });
  });

  test('they are marked after a crash between the marks and what the store keeps of the first run', async () => {
    const harness = await startWith();
    await harness.deliver(others, incomplete);
    await harness.deliver(others, incomplete);
    const { store } = harness;
    const save = store.coverage.save.bind(store.coverage);
    store.coverage.save = async (feed, coverage) => {
      if (coverage.length > 0) await store.close();
      return save(feed, coverage);
    };
    await expect(harness.deliver(others, incomplete)).rejects.toThrow('closed store');
    await harness.restart();
    for (let poll = 1; poll <= 3; poll += 1) await harness.deliver(others, incomplete);
    expect(await harness.deliver(all)).toMatchObject({ marked: 10, posted: 0 });
  });

  test('an item that waits for its retry is not marked with them', async () => {
    const harness = await startWithBadPage(1);
    expect(harness.texts()).toEqual(['r40']);
    const [waiting] = badPage;
    await harness.store.release(await harness.store.claim([{ id: waiting!.id, payload: waiting }], { feed: 'notes' }));
    expect(await harness.deliver(all)).toMatchObject({ marked: 9, posted: 1 });
    expect(harness.texts()).toEqual(['r40', waiting!.id]);
  });
});

describe('an item from the future', () => {
  const minutesOf = (time: number): number => (time - Date.UTC(2026, 0, 1)) / 60_000;

  /** A feed whose first run was made over three batches with an item that is dated so much later than they are. */
  async function startWithFuture(hours: number): Promise<{ harness: DeliveryHarness; now: number; odd: Report }> {
    const harness = await startWith();
    const now = minutesOf(harness.clock.now());
    const odd: Report = { id: 'odd', minute: now + hours * 60 };
    for (let poll = 1; poll <= 3; poll += 1) await harness.deliver([...others, odd], incomplete);
    return { harness, now, odd };
  }

  test.each([25, 24 * 365 * 70])('%i hours ahead, it does not make old items of what comes', async (hours) => {
    const { harness, now, odd } = await startWithFuture(hours);
    const news: Report = { id: 'news', minute: now };
    expect(await harness.deliver([...all, odd, news], incomplete)).toMatchObject({ marked: 10, posted: 1 });
    expect(harness.texts()).toEqual(['news']);
    expect(harness.logger.of('feed_first_run')).toMatchObject([{ fields: { old_before: '2026-01-01T00:40:00.000Z' } }]);
  });

  test('from a source with a wrong time zone, it counts as an item of this moment', async () => {
    const { harness, now, odd } = await startWithFuture(14);
    const earlier: Report = { id: 'earlier', minute: now - 1 };
    const news: Report = { id: 'news', minute: now };
    expect(await harness.deliver([...all, earlier, odd, news], incomplete)).toMatchObject({ marked: 11, posted: 1 });
    expect(harness.texts()).toEqual(['news']);
  });

  test('the time counts at which the batch was listed', async () => {
    const harness = await startWith();
    const listedAt = new Date(Date.UTC(2026, 0, 1, 0, 35));
    for (let poll = 1; poll <= 3; poll += 1) await harness.deliver(others, { ...incomplete, listedAt });
    const [before, after]: Report[] = [
      { id: 'before', minute: 34 },
      { id: 'after', minute: 36 },
    ];
    expect(await harness.deliver([...others, before!, after!], incomplete)).toMatchObject({ marked: 1, posted: 1 });
    expect(harness.texts()).toEqual(['after']);
  });
});
