import BetterSqlite3 from 'better-sqlite3';
import { describe, expect, test } from 'vitest';

import type { FeedBatch } from '../../src/feed/feed.ts';
import type { DeliveryOptions, FirstRun } from '../../src/feed/options.ts';
import { SeenStoreError, type Coverage, type Cycle } from '../../src/store/index.ts';
import { DeliveryHarness } from '../support/delivery-harness.ts';
import type { Note } from '../support/notes.ts';
import { ReportFeed, reports, type Report } from '../support/report-feed.ts';

const flood = { share: 0.5, minimum: 10 };
const annual = reports(4, 'annual');
const weekly = reports(20, 'weekly');
const daily = reports(20, 'daily');
const everything = [...annual, ...weekly, ...daily];

/** A bot whose owner changes what its source is asked for. */
class Bot {
  readonly harness: DeliveryHarness;

  constructor(harness: DeliveryHarness) {
    this.harness = harness;
  }

  static async start(firstRun: FirstRun = 'mark', delivery: DeliveryOptions = {}): Promise<Bot> {
    const options = { firstRun, flood, ...delivery };
    return new Bot(await DeliveryHarness.start({ delivery: options, feed: new ReportFeed() }));
  }

  /** A bot that has asked for annual reports for a while. */
  static async startWithAnnual(firstRun: FirstRun = 'mark', delivery: DeliveryOptions = {}): Promise<Bot> {
    const bot = await Bot.start('mark', delivery);
    for (let poll = 1; poll <= 3; poll += 1) await bot.poll(everything, ['annual']);
    await bot.harness.restart({ firstRun });
    return bot;
  }

  /** Gives the bot what the source lists of these categories; null stands for all. */
  poll(listed: readonly Report[], asked: readonly string[] | null, complete = true): Promise<Cycle> {
    const items = listed.filter(
      ({ categories = [] }) => asked === null || categories.some((one) => asked.includes(one)),
    );
    return this.harness.deliver(items, { complete, ...(asked === null ? {} : { categories: asked }) });
  }

  get coverage(): Promise<Coverage | null> {
    return this.harness.store.coverage.of('notes');
  }

  get posts(): string[] {
    return this.harness.texts();
  }
}

const storeFault = (): Error => new SeenStoreError('filterUnseen', 'disk I/O error');

/** A batch of a source that failed, joined to an earlier one that was read to its end. */
const joined = { complete: true, error: new Error('503') };

/** A flood of a known category. */
const sudden: Report[] = reports(12, 'sudden').map(({ id }) => ({ id, categories: ['annual'] }));

const news = (category: string, id = `new-${category}`): Report => ({ id, categories: [category], minute: 100 });

describe('a filter that is widened', () => {
  test('the backlog of the new category is marked, and the known ones go on in the same batch', async () => {
    const bot = await Bot.startWithAnnual();
    const listed = [...everything, news('annual')];
    expect(await bot.poll(listed, ['annual', 'weekly'])).toMatchObject({ skipped: 4, marked: 20, posted: 1, held: 0 });
    expect(bot.posts).toEqual(['new-annual']);
    expect(bot.harness.logger.of('feed_first_run').at(-1)).toMatchObject({
      fields: { categories: ['weekly'], marked: 20, to_post: 0 },
    });
    expect(await bot.poll([...listed, news('weekly')], ['weekly', 'annual'])).toMatchObject({ marked: 0, posted: 1 });
    expect(bot.posts).toEqual(['new-annual', 'new-weekly']);
  });

  test('with a number, the newest items of the new category are posted, in the order of the feed', async () => {
    const bot = await Bot.startWithAnnual(2);
    const listed = [...weekly, news('annual'), ...annual];
    expect(await bot.poll(listed, ['annual', 'weekly'])).toMatchObject({ marked: 18, posted: 3 });
    expect([...bot.posts].toSorted()).toEqual(['new-annual', 'weekly19', 'weekly20']);
  });

  test('with post, the new category is posted and is no flood', async () => {
    const bot = await Bot.startWithAnnual('post');
    expect(await bot.poll(everything, ['annual', 'weekly'])).toMatchObject({ marked: 0, posted: 20, held: 0 });
    expect(bot.harness.logger.of('feed_first_run_waits')).toEqual([]);
  });

  test('from a category to everything, and back, and to everything again', async () => {
    const bot = await Bot.startWithAnnual();
    expect(await bot.poll(everything, null)).toMatchObject({ marked: 40, posted: 0, held: 0 });
    expect(await bot.coverage).toEqual([{ category: null, oldBefore: null }]);
    const first = [...everything, news('daily', 'd1')];
    expect(await bot.poll(first, null)).toMatchObject({ posted: 1 });
    expect(await bot.poll(first, ['annual'])).toMatchObject({ marked: 0, posted: 0 });
    const second = [...first, news('daily', 'd2'), news('annual', 'a1')];
    expect(await bot.poll(second, null)).toMatchObject({ marked: 1, posted: 1 });
    expect(bot.posts).toEqual(['d1', 'a1']);
  });

  test('a category that is asked for again after it was left out has another first run', async () => {
    const bot = await Bot.startWithAnnual();
    await bot.poll(everything, ['annual', 'weekly']);
    await bot.poll(everything, ['annual']);
    await bot.harness.restart();
    const listed = [...everything, news('weekly'), news('annual')];
    expect(await bot.poll(listed, ['annual', 'weekly'])).toMatchObject({ marked: 1, posted: 1 });
    expect(bot.posts).toEqual(['new-annual']);
  });

  test('what a narrower question lists from before the reach of the wider one is old', async () => {
    const bot = await Bot.start();
    const [deep, listed] = [annual.slice(0, 2), [...annual.slice(2), ...weekly.slice(10)]];
    for (let poll = 1; poll <= 2; poll += 1) await bot.poll(listed, null);
    expect(await bot.poll([...deep.slice(0, 1), ...listed], ['annual'], false)).toMatchObject({ marked: 1, posted: 0 });
    await bot.harness.restart();
    expect(await bot.poll([...deep, ...listed, news('annual')], ['annual'])).toMatchObject({ marked: 1, posted: 1 });
    expect(bot.posts).toEqual(['new-annual']);
    expect(await bot.poll([{ ...news('annual', 'late'), minute: 1 }, ...listed], ['annual'])).toMatchObject({
      posted: 1,
    });
  });

  test('a category is left out by an incomplete batch too, and not by a source that cannot be read', async () => {
    const bot = await Bot.startWithAnnual();
    await bot.harness.deliver([], { complete: false });
    expect(await bot.coverage).toEqual([{ category: 'annual', oldBefore: null }]);
    expect(bot.harness.logger.of('feed_first_run_waits')).toEqual([]);
    expect(await bot.poll([...everything, news('annual')], ['annual'])).toMatchObject({ posted: 1, marked: 0 });
    await bot.poll(everything, ['annual', 'weekly']);
    await bot.poll(everything, ['annual'], false);
    expect((await bot.coverage)?.map(({ category }) => category)).toEqual(['annual']);
  });

  test('an item is news when one of its categories is known, whichever', async () => {
    const bot = await Bot.startWithAnnual();
    const both: Report = { id: 'both', categories: ['weekly', 'annual'], minute: 1 };
    expect(await bot.poll([...everything, both], ['annual', 'weekly'])).toMatchObject({ marked: 20, posted: 1 });
    expect(bot.posts).toEqual(['both']);
  });

  test('an item that is listed without having been asked for is news, and one without a category, too', async () => {
    const bot = await Bot.startWithAnnual();
    const odd: Note[] = [{ id: 'none' }, { id: 'other', categories: ['unasked'] } as Report];
    await bot.harness.deliver([...annual, ...weekly, ...odd], { categories: ['annual', 'weekly'] });
    expect(bot.posts).toEqual(['none', 'other']);
  });

  test('a known category that suddenly looks new is held, and the new one is marked', async () => {
    const bot = await Bot.startWithAnnual();
    const held = await bot.poll([...everything, ...sudden], ['annual', 'weekly']);
    expect(held).toMatchObject({ marked: 20, held: 12, posted: 0 });
    const hold = await bot.harness.store.holds.current('notes');
    expect(hold?.ids).toEqual(sudden.map(({ id }) => id));
    await bot.harness.store.holds.decide(hold?.id ?? 0, 'mark', '1');
    expect(await bot.poll([...everything, ...sudden, news('weekly')], ['annual', 'weekly'])).toMatchObject({
      marked: 12,
      posted: 1,
    });
    expect(bot.posts.at(-1)).toBe('new-weekly');
  });

  test('what a new category posts while a batch is held goes out after the answer, listed or not', async () => {
    const bot = await Bot.startWithAnnual(1);
    expect(await bot.poll([...everything, ...sudden], ['annual', 'weekly'])).toMatchObject({ marked: 19, posted: 0 });
    const hold = await bot.harness.store.holds.current('notes');
    expect(hold?.ids).toHaveLength(12);
    await bot.harness.store.holds.decide(hold?.id ?? 0, 'mark', '1');
    await bot.poll(annual, ['annual', 'weekly']);
    expect(bot.posts.slice(1)).toEqual(['weekly20']);
  });

  test('an item that waits for its retry is not marked, although its category was left out meanwhile', async () => {
    const bot = await Bot.startWithAnnual();
    const waiting = news('weekly', 'waiting');
    await bot.harness.store.release(
      await bot.harness.store.claim([{ id: 'waiting', payload: waiting }], { feed: 'notes' }),
    );
    expect(await bot.poll([...everything, waiting], ['annual', 'weekly'])).toMatchObject({ marked: 20, posted: 1 });
    expect(bot.posts).toEqual(['waiting']);
  });
});

describe('a new category over incomplete batches', () => {
  const bad = weekly.slice(5, 12);
  const others = everything.filter((item) => !bad.includes(item));
  const asked = ['annual', 'weekly'];

  test('it waits for three of them while the known categories are delivered, and then counts by time', async () => {
    const bot = await Bot.startWithAnnual();
    for (let poll = 1; poll <= 2; poll += 1) {
      const listed = [...others, news('annual', `a${poll}`)];
      expect(await bot.poll(listed, asked, false)).toMatchObject({ marked: 0, posted: 1 });
    }
    expect(bot.harness.logger.of('feed_first_run_waits')).toHaveLength(2);
    expect(await bot.poll(others, asked, false)).toMatchObject({ marked: 13, posted: 0 });
    const late: Report[] = [
      { id: 'old-weekly', categories: ['weekly'], minute: 19 },
      { id: 'new-weekly', categories: ['weekly'], minute: 200 },
      { id: 'late-annual', categories: ['annual'], minute: 2 },
    ];
    await bot.harness.restart();
    expect(await bot.poll([...everything, ...late], asked)).toMatchObject({ marked: 8, posted: 2 });
    expect(bot.posts).toEqual(['a1', 'a2', 'new-weekly', 'late-annual']);
    expect(await bot.coverage).toEqual(asked.map((category) => ({ category, oldBefore: null })));
  });

  test('a complete batch ends the waiting, also one in which the source lists nothing', async () => {
    const bot = await Bot.startWithAnnual();
    await bot.poll(others, asked, false);
    await bot.poll([], asked);
    expect(await bot.coverage).toEqual(asked.map((category) => ({ category, oldBefore: null })));
  });

  test('a change of the filter in the meantime begins the count anew', async () => {
    const bot = await Bot.startWithAnnual();
    await bot.poll(others, asked, false);
    await bot.poll(others, asked, false);
    expect(await bot.poll(others, [...asked, 'daily'], false)).toMatchObject({ marked: 0 });
    await bot.poll(others, [...asked, 'daily'], false);
    expect(await bot.poll(others, [...asked, 'daily'], false)).toMatchObject({ marked: 33 });
  });

  test('while the store fails, a new category waits and news of the known ones goes out', async () => {
    const bot = await Bot.startWithAnnual();
    await bot.poll(annual, ['annual']);
    const { store } = bot.harness;
    const filterUnseen = store.filterUnseen.bind(store);
    store.filterUnseen = () => Promise.reject(storeFault());
    const listed = [...everything, news('annual')];
    expect(await bot.poll(listed, ['annual', 'weekly'])).toMatchObject({ posted: 1 });
    store.filterUnseen = filterUnseen;
    expect(await bot.poll(listed, ['annual', 'weekly'])).toMatchObject({ marked: 20, posted: 0 });
    expect(bot.posts).toEqual(['new-annual']);
  });

  test('what a new category has just been marked with is no news when the store fails right afterwards', async () => {
    const bot = await Bot.startWithAnnual();
    await bot.poll(annual, ['annual']);
    const { store } = bot.harness;
    const claim = store.claim.bind(store);
    store.claim = () => Promise.reject(storeFault());
    const listed = [...annual, ...weekly.slice(0, 3), news('annual')];
    expect(await bot.poll(listed, asked)).toMatchObject({ marked: 3, posted: 1 });
    store.claim = claim;
    expect(await bot.poll([...listed, news('weekly')], asked)).toMatchObject({ marked: 0, posted: 1 });
    expect(bot.posts).toEqual(['new-annual', 'new-weekly']);
  });

  test('while the store fails after a new category has begun to wait, nothing of it goes out', async () => {
    const bot = await Bot.startWithAnnual();
    await bot.poll(others, asked, false);
    bot.harness.store.filterUnseen = () => Promise.reject(storeFault());
    expect(await bot.poll(everything, asked)).toMatchObject({ posted: 0 });
  });
});

describe('a store from before', () => {
  /** A bot that has asked for annual reports, by a version that did not keep what it asked for. */
  async function startFromBefore(): Promise<Bot> {
    const bot = await Bot.startWithAnnual();
    const { store, path } = bot.harness;
    await store.close();
    const db = new BetterSqlite3(path);
    db.exec('DELETE FROM seen_coverage');
    db.close();
    await bot.harness.restart();
    return bot;
  }

  test('takes the present categories for known, and says so once', async () => {
    const bot = await startFromBefore();
    const listed = [...annual, news('annual')];
    expect(await bot.poll(listed, ['annual', 'rare'], false)).toMatchObject({ marked: 0, posted: 1 });
    expect(await bot.poll([...listed, news('rare')], ['annual', 'rare'])).toMatchObject({ marked: 0, posted: 1 });
    expect(bot.harness.logger.of('feed_categories_assumed')).toMatchObject([
      { level: 'info', fields: { feed: 'notes', categories: ['annual', 'rare'] } },
    ]);
    expect(await bot.poll([...everything, ...listed], ['annual', 'weekly'])).toMatchObject({ marked: 20, posted: 0 });
  });

  test('takes nothing for known because a source cannot be read', async () => {
    const bot = await startFromBefore();
    await bot.harness.deliver([], { complete: false });
    expect(await bot.coverage).toBeNull();
    expect(bot.harness.logger.of('feed_categories_assumed')).toEqual([]);
  });
});

describe('the categories of a batch', () => {
  test.each([[[]], ['annual'], [[7]], [null]])('%j are refused as categories, with what to do', async (categories) => {
    const { harness } = await Bot.start();
    const batch = { items: [], complete: true, categories } as unknown as FeedBatch<Note>;
    await expect(harness.delivery.run(batch, new AbortController().signal)).rejects.toThrow(/Left out, they stand for/);
  });

  test('an item whose categories cannot be read is left out, and holds up no other', async () => {
    const feed = new ReportFeed();
    const { categories } = feed;
    feed.categories = (item) => (item.id === 'bad' ? ('annual' as never) : categories(item));
    const harness = await DeliveryHarness.start({ feed });
    expect(await harness.deliver([{ id: 'bad' }, { id: 'good' }])).toMatchObject({ total: 1, posted: 1 });
    expect(harness.logger.of('feed_items_refused')).toMatchObject([
      { fields: { refused: 1, example: expect.stringContaining('categories() must return') as string } },
    ]);
  });
});

test('after a narrower question, one seen item from the future does not make old items of what comes', async () => {
  const bot = await Bot.start();
  const odd: Report = { id: 'odd', categories: ['annual'], minute: 40_000_000 };
  await bot.poll([odd, ...weekly], null);
  await bot.poll([odd], ['annual']);
  expect(await bot.poll([odd, news('annual')], ['annual'])).toMatchObject({ posted: 1, marked: 0 });
});

describe('a failed batch that calls itself complete', () => {
  test('without categories, it covers nothing, and the backlog of a later category is marked', async () => {
    const bot = await Bot.startWithAnnual();
    const before = await bot.coverage;
    expect(await bot.harness.deliver([...annual, news('annual')], joined)).toMatchObject({ posted: 1 });
    expect(await bot.harness.deliver([], joined)).toMatchObject({ posted: 0, marked: 0 });
    expect(await bot.coverage).toEqual(before);
    expect(await bot.poll(everything, ['annual', 'weekly'])).toMatchObject({ marked: 20, posted: 0 });
  });

  test('with a category that is new, its first run waits', async () => {
    const bot = await Bot.startWithAnnual();
    const options = { ...joined, categories: ['annual', 'weekly'] };
    expect(await bot.harness.deliver([...annual, ...weekly.slice(0, 5)], options)).toMatchObject({ marked: 0 });
    expect(await bot.poll(everything, ['annual', 'weekly'])).toMatchObject({ marked: 20, posted: 0 });
    expect(bot.posts).toEqual([]);
  });

  test('a feed that lists nothing has no first run by it', async () => {
    const bot = await Bot.start();
    await bot.harness.deliver([], joined);
    expect(await bot.coverage).toBeNull();
    expect(await bot.poll(weekly, null)).toMatchObject({ marked: 20, posted: 0 });
  });
});
