import { describe, expect, test } from 'vitest';

import { REQUEST_TIMEOUT_MS } from '../../src/feed/discord/rest/ask.ts';
import { Delivery } from '../../src/feed/pipeline.ts';
import { ChannelType, failNext, ids, type Fault, type IncomingRequest } from '../../local/discord/index.ts';
import { DeliveryHarness } from '../support/delivery-harness.ts';
import { NoteFeed, notes, type Note, type Summary } from '../support/notes.ts';

const publishes = ({ method, path }: IncomingRequest): boolean => method === 'POST' && path.endsWith('/crosspost');

const PUBLISHED = 1 << 0;
const HOUR_MS = 3_600_000;

const inNews = (count: number, prefix = 'n'): Note[] => notes(count, prefix, { channels: [ids.news] });

const start = (): Promise<DeliveryHarness> => DeliveryHarness.start({ delivery: { publish: true } });

/** The names of the notes that are published, in the order of the channel. */
function published(harness: DeliveryHarness): string[] {
  const messages = harness.discord.messages(ids.news).filter(({ flags }) => (flags & PUBLISHED) !== 0);
  return messages.map(({ content }) => content.split(':')[0] ?? '');
}

async function untilPublished(harness: DeliveryHarness, count: number): Promise<void> {
  await expect.poll(() => published(harness).length, { timeout: 10_000 }).toBe(count);
}

const requests = (harness: DeliveryHarness): number => harness.discord.requests.filter(publishes).length;

test('the posts of an announcement channel are published, with requests that Discord’s schema allows', async () => {
  const harness = await start();
  expect(await harness.deliver(inNews(3))).toMatchObject({ posted: 3 });
  await untilPublished(harness, 3);
  expect(harness.discord.complaints).toEqual([]);
});

test.for<[string, boolean | undefined, Note[]]>([
  ['by default', undefined, inNews(2)],
  ['where it is switched off', false, inNews(2)],
  ['in a text channel', true, notes(2)],
  ['in a thread', true, notes(2, 'n', { channels: [ids.thread] })],
])('nothing is published %s', async ([, publish, items]) => {
  const harness = await DeliveryHarness.start({ delivery: { publish } });
  expect(await harness.deliver(items)).toMatchObject({ posted: 2 });
  await harness.deliver(inNews(publish === true ? 1 : 0, 'last'));
  if (publish === true) await untilPublished(harness, 1);
  expect(requests(harness)).toBe(publish === true ? 1 : 0);
});

test('what is over ten an hour is published once the hour has passed, and the log says so', async () => {
  const harness = await start();
  expect(await harness.deliver(inNews(13))).toMatchObject({ posted: 13 });
  await untilPublished(harness, 10);
  await harness.clock.whenSleeping(HOUR_MS);
  expect(requests(harness)).toBe(10);
  expect(harness.logger.of('feed_publish_waits')).toMatchObject([
    { level: 'info', fields: { channel_id: ids.news, next_at: new Date(harness.clock.now() + HOUR_MS) } },
  ]);
  await harness.clock.advance(HOUR_MS);
  await untilPublished(harness, 13);
  expect(published(harness)).toEqual(inNews(13).map(({ id }) => id));
  expect(requests(harness)).toBe(13);
});

describe('a failure to publish', () => {
  const missing = { code: 50_013, message: 'Missing Permissions' };
  const faults: readonly [string, Fault, { readonly published: number; readonly logged: number }][] = [
    ['a refusal', { kind: 'status', status: 403, body: missing }, { published: 2, logged: 1 }],
    ['a request that was applied and answered with 500', { kind: 'applied-then-500' }, { published: 3, logged: 0 }],
    ['a broken connection', { kind: 'disconnect', applied: true }, { published: 3, logged: 1 }],
  ];

  test.for(faults)('%s makes no second post and holds up no item', async ([, fault, expected]) => {
    const harness = await start();
    harness.discord.faults = failNext(1, fault, publishes);
    expect(await harness.deliver(inNews(1))).toMatchObject({ posted: 1, failed: 0 });
    await expect.poll(() => requests(harness)).toBeGreaterThan(0);
    expect(await harness.deliver(inNews(3))).toMatchObject({ posted: 2, failed: 0 });
    const later = async (): Promise<number> => {
      // A request that is under way is given its time.
      if (harness.clock.sleeping.includes(60_000)) await harness.clock.advance(60_000);
      return published(harness).length;
    };
    await expect.poll(later, { timeout: 10_000 }).toBe(expected.published);
    expect(harness.texts(ids.news)).toHaveLength(3);
    expect(harness.logger.of('feed_publish_failed')).toHaveLength(expected.logged);
  });

  test('a failing server is tried again a few times, with growing pauses, and then left alone', async () => {
    const harness = await start();
    await harness.restart({}, { retries: 0 });
    harness.discord.faults = (request) => (publishes(request) ? { kind: 'status', status: 503 } : undefined);
    await harness.deliver(inNews(1));
    for (const minutes of [1, 2, 4, 8]) {
      await harness.clock.whenSleeping(minutes * 60_000);
      await harness.clock.advance(minutes * 60_000);
    }
    await expect.poll(() => harness.logger.of('feed_publish_failed')).toHaveLength(5);
    const again = harness.logger.of('feed_publish_failed').map(({ fields }) => fields['tries_again']);
    expect(again).toEqual([true, true, true, true, false]);
    expect(requests(harness)).toBe(5);
  });

  test('a channel that cannot be read is tried as often, and those behind it are published', async () => {
    const harness = await start();
    await harness.restart({}, { retries: 0 });
    harness.discord.faults = ({ method, path }) =>
      method === 'GET' && path === `/channels/${ids.news}` ? { kind: 'status', status: 503 } : undefined;
    await harness.deliver(inNews(2));
    for (const minutes of [1, 2, 4, 8]) {
      await harness.clock.whenSleeping(minutes * 60_000);
      await harness.clock.advance(minutes * 60_000);
    }
    // The last of the first post, and the first of the second.
    await expect.poll(() => harness.logger.of('feed_publish_failed')).toHaveLength(6);
    harness.discord.faults = undefined;
    await harness.clock.whenSleeping(60_000);
    await harness.clock.advance(60_000);
    await untilPublished(harness, 1);
    expect(published(harness)).toEqual(['n2']);
  });

  test('a limit that an earlier process used up makes the post wait, and nothing else', async () => {
    const harness = await start();
    await harness.deliver(inNews(10));
    await untilPublished(harness, 10);
    await harness.restart();
    await harness.deliver(inNews(12));
    await expect.poll(() => requests(harness)).toBe(11);
    await harness.clock.whenSleeping(45_000);
    await harness.clock.advance(45_000);
    await expect.poll(() => harness.logger.of('feed_publish_failed')).toHaveLength(1);
    expect(harness.texts(ids.news)).toHaveLength(12);
    expect(await harness.store.filterUnseen(['n11', 'n12'])).toEqual([]);
  });
});

test('where more wait than ten hours can take, the oldest stay unpublished, and the log says so', async () => {
  const harness = await start();
  expect(await harness.deliver(inNews(10))).toMatchObject({ posted: 10 });
  await untilPublished(harness, 10);
  // One waits for its turn, and a hundred may wait behind it.
  expect(await harness.deliver(inNews(114))).toMatchObject({ posted: 104 });
  const dropped = harness.logger.of('feed_publish_failed');
  const messages = harness.discord.messages(ids.news);
  expect(dropped.map(({ fields }) => fields['message_id'])).toEqual(messages.slice(11, 14).map(({ id }) => id));
  expect(dropped).toMatchObject(dropped.map(() => ({ fields: { tries_again: false } })));
  await harness.clock.whenSleeping(HOUR_MS);
  await harness.clock.advance(HOUR_MS);
  await untilPublished(harness, 20);
  expect(published(harness).slice(10, 12)).toEqual(['n11', 'n15']);
});

test('two feeds that post in one announcement channel share its limit', async () => {
  const harness = await start();
  const { clock, discord, logger, rest, store } = harness;
  const feed = Object.assign(new NoteFeed(), { name: 'others' });
  const options = { firstRun: 'post', publish: true } as const;
  const other = new Delivery<Note, Summary>({ feed, store, rest, clock, logger, options });
  await harness.deliver(inNews(6));
  await untilPublished(harness, 6);
  await other.run({ items: inNews(6, 'other'), complete: true }, new AbortController().signal);
  await untilPublished(harness, 10);
  await clock.whenSleeping(HOUR_MS);
  expect(discord.requests.filter(publishes).map(({ status }) => status)).toEqual(Array.from({ length: 10 }, () => 200));
  await clock.advance(HOUR_MS);
  await untilPublished(harness, 12);
});

test('a text channel that becomes one of announcements is published from within an hour on', async () => {
  const harness = await start();
  await harness.deliver(notes(1));
  const read = ({ method, path }: IncomingRequest): boolean =>
    method === 'GET' && path === `/channels/${ids.announcements}`;
  await expect.poll(() => harness.discord.requests.filter(read)).toHaveLength(1);
  // Its time limit is over with the answer.
  await expect.poll(() => harness.clock.sleeping).not.toContain(REQUEST_TIMEOUT_MS);
  harness.discord.setChannelType(ids.announcements, ChannelType.announcement);
  await harness.clock.advance(HOUR_MS);
  await harness.deliver(notes(2));
  await expect.poll(() => requests(harness)).toBe(1);
});
