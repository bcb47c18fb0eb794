import type { RESTOptions } from 'discord.js';
import { describe, expect, test } from 'vitest';

import { FeedUnauthorizedError } from '../../src/feed/errors.ts';
import { createsMessage, failNext, ids, type FaultPlan } from '../../local/discord/index.ts';
import { DeliveryHarness } from '../support/delivery-harness.ts';
import { NoteFeed, notes, type Note } from '../support/notes.ts';

const posts = createsMessage(ids.announcements);
const both = { channels: [ids.announcements, ids.general] };
const always = (status: number, body: object = { code: 0, message: String(status) }): FaultPlan => {
  return (request) => (posts(request) ? { kind: 'status', status, body } : undefined);
};

describe('a token that Discord refuses', () => {
  test('a 401 stops the delivery: all items are given back uncounted, and later cycles send nothing', async () => {
    const harness = await DeliveryHarness.start();
    harness.discord.faults = always(401);
    await expect(harness.deliver(notes(30))).rejects.toThrow(FeedUnauthorizedError);
    expect(harness.creations().length).toBeLessThanOrEqual(3);
    expect(await harness.store.ledger.counts()).toEqual({ waiting: 30, active: 0, failed: 0 });
    expect(await harness.store.ledger.find('n1')).toMatchObject({ attempts: 0, posts: [] });
    expect((await harness.store.stats()).lastCycle).toMatchObject({ total: 30, posted: 0 });
    await expect(harness.deliver(notes(30))).rejects.toThrow(FeedUnauthorizedError);
    expect(harness.creations().length).toBeLessThanOrEqual(3);
    harness.discord.faults = undefined;
    await harness.restart();
    expect(await harness.deliver([])).toMatchObject({ posted: 30 });
  });

  test('a 401 to the question about a flood stops the delivery as well', async () => {
    const harness = await DeliveryHarness.start({ delivery: { flood: { share: 0.5, minimum: 5 } } });
    await harness.deliver(notes(4));
    await harness.deliver(notes(4));
    await harness.deliver(notes(4));
    harness.discord.faults = always(401);
    await expect(harness.deliver(notes(20, 'flood'))).rejects.toThrow(FeedUnauthorizedError);
  });
});

describe.each([
  ['a lost permission', (harness: DeliveryHarness) => harness.discord.denyChannel(ids.announcements)],
  ['a channel that is gone', (harness: DeliveryHarness) => harness.discord.removeChannel(ids.announcements)],
])('a channel that refuses posts: %s', (what, spoil) => {
  test(`${what} costs few requests, not one per item, and the other channel gets its posts once`, async () => {
    const harness = await DeliveryHarness.start();
    spoil(harness);
    await harness.deliver(notes(30, 'n', both));
    expect(harness.creations().length).toBeLessThanOrEqual(3);
    expect(harness.texts(ids.general)).toHaveLength(30);
    await harness.clock.advance(10_000);
    await harness.deliver(notes(30, 'n', both));
    expect(harness.creations().length).toBeLessThanOrEqual(3);
    await harness.clock.advance(30_000);
    await harness.deliver(notes(30, 'n', both));
    expect(harness.creations().length).toBeGreaterThan(1);
    expect(harness.creations().length).toBeLessThanOrEqual(6);
    expect(harness.creations(ids.general)).toHaveLength(30);
    expect(harness.feed.enriched).toHaveLength(30);
  });
});

test('an item is not enriched for a channel that takes no posts', async () => {
  const harness = await DeliveryHarness.start();
  harness.discord.denyChannel(ids.announcements);
  await harness.deliver(notes(12));
  expect(harness.feed.enriched.length).toBeLessThanOrEqual(3);
  await harness.deliver(notes(12));
  expect(harness.feed.enriched.length).toBeLessThanOrEqual(3);
});

test('once a lost permission is back, every item is posted once, and none has used up its attempts', async () => {
  const harness = await DeliveryHarness.start({ delivery: { maxAttempts: 3 } });
  harness.discord.denyChannel(ids.announcements);
  for (let minute = 0; minute < 60; minute += 5) {
    await harness.deliver([...notes(10), ...notes(1, 'late')]);
    await harness.clock.advance(5 * 60_000);
  }
  harness.discord.allowChannel(ids.announcements);
  await harness.store.ledger.retry();
  await harness.clock.advance(3_600_000);
  await harness.deliver([]);
  await harness.clock.advance(3_600_000);
  await harness.deliver([]);
  expect(harness.texts().toSorted()).toEqual(
    [...notes(10), ...notes(1, 'late')].map(({ id }) => `${id}: about ${id}`).toSorted(),
  );
});

test('a 400 makes a dead letter at once, while the other channel gets the post and the next item goes on', async () => {
  class LongFeed extends NoteFeed {
    override message(note: Note, summary: { summary: string }, channelId?: string) {
      const isTooLong = note.id === 'n1' && channelId === ids.announcements;
      return isTooLong ? { content: 'x'.repeat(2_001) } : super.message(note, summary);
    }
  }
  const harness = await DeliveryHarness.start({ feed: new LongFeed() });
  expect(await harness.deliver(notes(2, 'n', both))).toMatchObject({ posted: 2, failed: 1 });
  expect(harness.texts()).toEqual(['n2: about n2']);
  expect(harness.texts(ids.general)).toHaveLength(2);
  const [letter] = await harness.store.ledger.failed();
  expect(letter).toMatchObject({ id: 'n1', attempts: 1, lastError: expect.stringContaining('content') });
  await harness.clock.advance(3_600_000);
  await harness.deliver(notes(2, 'n', both));
  expect(harness.creations()).toHaveLength(2);
});

test('an item that one channel refuses for good waits for another that is paused, and asks the first no more', async () => {
  class LongFeed extends NoteFeed {
    override message(note: Note, summary: { summary: string }, channelId?: string) {
      return channelId === ids.announcements ? { content: 'x'.repeat(2_001) } : super.message(note, summary);
    }
  }
  const harness = await DeliveryHarness.start({ feed: new LongFeed() });
  harness.discord.denyChannel(ids.general);
  await harness.deliver(notes(1, 'n', both));
  expect(await harness.store.ledger.counts()).toMatchObject({ waiting: 1, failed: 0 });
  harness.discord.allowChannel(ids.general);
  await harness.clock.advance(60_000);
  await harness.deliver([]);
  expect(harness.texts(ids.general)).toEqual(['n1: about n1']);
  expect(harness.creations()).toHaveLength(1);
  expect(await harness.store.ledger.counts()).toMatchObject({ waiting: 0, failed: 1 });
});

/** A feed whose message for the first channel of `both` cannot be made. */
class HalfBrokenFeed extends NoteFeed {
  override message(note: Note, summary: { summary: string }, channelId?: string) {
    if (channelId === ids.announcements) throw new Error('no template');
    return super.message(note, summary);
  }
}

test('a message that cannot be made for one channel keeps the item out of no other', async () => {
  const harness = await DeliveryHarness.start({ feed: new HalfBrokenFeed() });
  await harness.deliver(notes(2, 'n', both));
  expect(harness.texts(ids.general)).toEqual(['n1: about n1', 'n2: about n2']);
  expect(harness.logger.of('feed_item_broken')[0]?.fields).toMatchObject({ id: 'n1', channel_id: ids.announcements });
  Object.assign(harness.feed, { message: ({ id }: Note) => ({ content: `${id} at last` }) });
  await harness.clock.advance(60_000);
  await harness.deliver([]);
  expect(harness.texts()).toEqual(['n1 at last', 'n2 at last']);
  expect(harness.texts(ids.general)).toHaveLength(2);
});

test('an item whose attempts end in one channel is not given up before another that is paused has got it', async () => {
  const harness = await DeliveryHarness.start({ feed: new HalfBrokenFeed(), delivery: { maxAttempts: 3 } });
  harness.discord.denyChannel(ids.general);
  for (let hour = 0; hour < 6; hour += 1) {
    await harness.deliver(notes(2, 'n', both));
    await harness.clock.advance(3_600_000);
  }
  expect(await harness.store.ledger.counts()).toMatchObject({ waiting: 2, failed: 0 });
  expect(harness.logger.of('feed_item_broken')).toHaveLength(6);
  harness.discord.allowChannel(ids.general);
  await harness.deliver([]);
  expect(harness.texts(ids.general)).toEqual(['n1: about n1', 'n2: about n2']);
  const [letter] = await harness.store.ledger.failed();
  expect(letter).toMatchObject({ lastError: 'no template (attempt 3 of 3)' });
  expect(await harness.store.ledger.counts()).toMatchObject({ waiting: 0, failed: 2 });
});

/** discord.js as on other runtimes: the headers of its responses are immutable. */
const viaFetch = ((url, init) => fetch(url, { ...init } as object)) as RESTOptions['makeRequest'];

describe('a rate limit', () => {
  test('a 429 is waited for as long as it says', async () => {
    const harness = await DeliveryHarness.start();
    const headers = { 'retry-after': '0.02' };
    harness.discord.faults = failNext(
      1,
      { kind: 'status', status: 429, body: { message: 'slow', retry_after: 0.02 }, headers },
      posts,
    );
    const startedAt = performance.now();
    expect(await harness.deliver(notes(1))).toMatchObject({ posted: 1 });
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(19);
    expect(harness.creations()).toHaveLength(2);
  });

  test.each([
    ['without headers', {}],
    ['that says an hour', { 'retry-after': '3600' }],
  ])('a 429 %s is asked about once, and ends when the request’s time is up', async (_what, headers) => {
    const harness = await DeliveryHarness.start();
    harness.discord.faults = () => ({ kind: 'status', status: 429, body: { message: 'slow' }, headers });
    const delivering = harness.deliver(notes(3));
    await harness.discord.waitUntil('the refusal', () => harness.invalid > 0);
    while (harness.clock.sleeping.filter((ms) => ms === 45_000).length < 1) await new Promise(setImmediate);
    for (let turn = 0; turn < 200; turn += 1) await new Promise(setImmediate);
    expect(harness.creations()).toHaveLength(1);
    await harness.clock.advance(45_000);
    expect(await delivering).toMatchObject({ posted: 0 });
    expect(harness.creations()).toHaveLength(1);
    expect(await harness.store.ledger.find('n1')).toMatchObject({
      posts: [],
      lastError: `channel ${ids.announcements}: no answer within 45 s`,
    });
  });

  test('a 429 without headers is waited for even where the response is immutable', async () => {
    const harness = await DeliveryHarness.start();
    await harness.restart({}, { makeRequest: viaFetch });
    harness.discord.faults = () => ({ kind: 'status', status: 429, body: { message: 'slow' } });
    const delivering = harness.deliver(notes(1));
    await harness.discord.waitUntil('the refusal', () => harness.invalid > 0);
    await harness.clock.advance(45_000);
    expect(await delivering).toMatchObject({ failed: 1 });
    expect(harness.creations()).toHaveLength(1);
  });
});

test('a failing server is left alone after a few requests, and everything gets through once it works', async () => {
  const harness = await DeliveryHarness.start();
  harness.discord.faults = always(503);
  await harness.deliver(notes(30));
  const first = harness.creations().length;
  expect(first).toBeLessThanOrEqual(20);
  await harness.clock.advance(10_000);
  await harness.deliver(notes(30));
  expect(harness.creations()).toHaveLength(first);
  harness.discord.faults = undefined;
  await harness.clock.advance(60_000);
  await harness.deliver([]);
  await harness.clock.advance(60_000);
  await harness.deliver([]);
  expect(harness.texts().toSorted()).toEqual(
    notes(30)
      .map(({ id }) => `${id}: about ${id}`)
      .toSorted(),
  );
});

/** Discord bans a machine for 10,000 in ten minutes. */
test.each([
  ['403', 403, 20],
  ['503', 503, 80],
])('five minutes of %s, with 30 items listed every ten seconds, cost few requests', async (_what, status, most) => {
  const harness = await DeliveryHarness.start();
  harness.discord.faults = always(status);
  for (let cycle = 0; cycle < 30; cycle += 1) {
    await harness.deliver(notes(30));
    await harness.clock.advance(10_000);
  }
  expect(harness.creations().length).toBeGreaterThan(3);
  expect(harness.creations().length).toBeLessThanOrEqual(most);
  expect(harness.feed.enriched.length).toBeLessThanOrEqual(30);
});
