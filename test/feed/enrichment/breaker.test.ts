import { describe, expect, test } from 'vitest';

import { ids } from '../../../local/discord/index.ts';
import { FeedEnrichmentError } from '../../../src/index.ts';
import { EnrichmentBreaker } from '../../../src/feed/enrichment/breaker.ts';
import { DeliveryHarness } from '../../support/delivery-harness.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { notes } from '../../support/notes.ts';
import { SlowFeed } from '../../support/slow-feed.ts';
import { HOUR_MS, MINUTE_MS } from '../../support/times.ts';

async function start() {
  const feed = new SlowFeed();
  const harness = await DeliveryHarness.start({ feed, delivery: { maxConcurrent: 1 } });
  feed.clock = harness.clock;
  return { feed, harness };
}

describe('an outage of the model', () => {
  test('of three hours costs a request every ten minutes, and every item is posted at once', async () => {
    const { feed, harness } = await start();
    feed.model = () => new Error('no credit left');
    let items = 0;
    for (let minute = 0; minute < 180; minute += 5) {
      items += 1;
      expect(await harness.deliver(notes(items))).toMatchObject({ posted: 1, failed: 0 });
      await harness.clock.advance(5 * MINUTE_MS);
    }
    expect(harness.texts()).toHaveLength(36);
    expect(await harness.store.ledger.counts()).toEqual({ waiting: 0, active: 0, failed: 0 });
    expect(feed.enriched.length).toBeLessThan(25);
    feed.model = () => 0;
    await harness.clock.advance(10 * MINUTE_MS);
    expect(await harness.deliver(notes(items + 5))).toMatchObject({ posted: 5, enriched: 5 });
  });

  test('lets a single item try after its pause, while the others do not wait for it', async () => {
    const feed = new SlowFeed();
    const harness = await DeliveryHarness.start({ feed, delivery: { maxConcurrent: 5, orderWaitMs: 0 } });
    feed.clock = harness.clock;
    feed.model = () => new Error('overloaded');
    await harness.deliver(notes(5, 'a'));
    await harness.clock.advance(30_000);
    feed.enriched.length = 0;
    feed.model = () => 'hang';
    const settled: string[] = [];
    harness.watchSteps(({ step, id }) => void (step === 'settled' && settled.push(id)));
    const delivering = harness.deliver(notes(5, 'b'));
    await expect.poll(() => settled).toHaveLength(4);
    expect(harness.texts()).toHaveLength(9);
    await harness.clock.advance(MINUTE_MS);
    expect(await delivering).toMatchObject({ posted: 5 });
    expect(feed.enriched).toEqual(['b1']);
  });

  test('is over with the first success', async () => {
    const { feed, harness } = await start();
    feed.model = () => new Error('overloaded');
    await harness.deliver(notes(4, 'a'));
    feed.model = () => 0;
    await harness.deliver(notes(1, 'b'));
    expect(feed.enriched).toEqual(['a1', 'a2', 'a3']);
    await harness.clock.advance(30_000);
    await harness.deliver(notes(3, 'c'));
    expect(feed.enriched.slice(3)).toEqual(['c1', 'c2', 'c3']);
  });

  test('says in the log of each item why it was posted plain', async () => {
    const { feed, harness } = await start();
    feed.model = () => new Error('overloaded');
    await harness.deliver(notes(4));
    const reasons = harness.logger.of('feed_item_plain').map(({ fields }) => fields['reason']);
    expect(reasons).toEqual([
      'overloaded',
      'overloaded',
      'overloaded',
      'the enrichment fails, and is tried again later: overloaded',
    ]);
  });
});

describe('an error that knows whom it concerns', () => {
  test('stops the enrichment at once when that is every item', async () => {
    const { feed, harness } = await start();
    feed.model = () => new FeedEnrichmentError('the key is wrong', { concerns: 'all' });
    await harness.deliver(notes(4));
    expect(feed.enriched).toEqual(['n1']);
    expect(harness.texts()).toHaveLength(4);
  });

  test('does not stop it when that is the item alone, as long as others succeed', async () => {
    const { feed, harness } = await start();
    const tooLong = new FeedEnrichmentError('too long for the model', { concerns: 'item' });
    feed.model = ({ id }) => (id === 'n5' ? 0 : tooLong);
    expect(await harness.deliver(notes(9))).toMatchObject({ posted: 9, enriched: 1 });
    expect(feed.enriched).toHaveLength(9);
    expect(await harness.store.incidents.current()).toEqual([]);
  });

  test('stops it after five items in a row, whatever each is blamed for, and admins are told', async () => {
    const { feed, harness } = await start();
    feed.model = () => new FeedEnrichmentError('the model refused', { concerns: 'item' });
    expect(await harness.deliver(notes(8))).toMatchObject({ posted: 8, enriched: 0, failed: 0 });
    expect(feed.enriched).toEqual(['n1', 'n2', 'n3', 'n4', 'n5']);
    expect(await harness.store.incidents.current()).toMatchObject([
      { subject: 'model:notes', reason: expect.stringContaining('the model refused') },
    ]);
    await harness.clock.advance(30_000);
    await harness.deliver(notes(3, 'a'));
    expect(feed.enriched.slice(5)).toEqual(['a1']);
    feed.model = () => 0;
    await harness.clock.advance(60_000);
    expect(await harness.deliver(notes(3, 'b'))).toMatchObject({ enriched: 3 });
    expect(await harness.store.incidents.current()).toEqual([]);
  });

  test('keeps nothing of an item that failed by itself', async () => {
    const { feed, harness } = await start();
    feed.model = () => new FeedEnrichmentError('the model refused', { concerns: 'item' });
    harness.discord.denyChannel(ids.announcements);
    await harness.deliver(notes(1));
    expect(await harness.store.spending.today('notes')).toMatchObject({ requests: 1, enrichments: 0 });
    harness.discord.allowChannel(ids.announcements);
    feed.model = () => 0;
    await harness.clock.advance(31_000);
    expect(await harness.deliver([])).toMatchObject({ posted: 1, enriched: 1 });
    expect(harness.texts()).toEqual(['n1: about n1']);
  });

  test('lets the next item try when the one that tries fails by itself', async () => {
    const { feed, harness } = await start();
    feed.model = () => new Error('overloaded');
    await harness.deliver(notes(3, 'a'));
    await harness.clock.advance(30_000);
    feed.model = ({ id }) => (id === 'b1' ? new FeedEnrichmentError('too long', { concerns: 'item' }) : 0);
    await harness.deliver(notes(2, 'b'));
    expect(harness.texts().slice(3)).toEqual(['b1: plain', 'b2: about b2']);
  });
});

test('items that have seconds left after a restart say nothing about a model that needs longer', async () => {
  const { feed, harness } = await start();
  feed.model = () => 5_000;
  const stop = new AbortController();
  const listedAt = new Date(harness.clock.now() - 58_000);
  for (const name of ['a', 'b', 'c', 'd']) {
    const delivering = harness.delivery.run({ items: notes(1, name), complete: true, listedAt }, stop.signal);
    await harness.clock.whenSleeping(2_000);
    await harness.clock.advance(2_000);
    await delivering;
    harness.clock.step(-2_000);
  }
  expect(harness.texts()).toHaveLength(4);
  expect(feed.enriched).toHaveLength(4);
  expect(await harness.store.incidents.current()).toEqual([]);
});

describe('the breaker', () => {
  const failure = { reason: 'overloaded', ageMs: 0 };
  const newBreaker = (clock: ManualClock) => new EnrichmentBreaker(clock, 30_000);

  function openBreaker() {
    const clock = new ManualClock();
    const breaker = newBreaker(clock);
    for (const id of ['a', 'b', 'c']) {
      breaker.enter(id);
      breaker.recordFailure(id, failure);
    }
    return { clock, breaker };
  }

  test('opens after three failures in a row, and after two with a success between them never', () => {
    const breaker = newBreaker(new ManualClock());
    for (const id of ['a', 'b', 'c', 'd', 'e']) {
      breaker.recordFailure(id, failure);
      breaker.recordFailure(id, failure);
      breaker.recordSuccess(1_000);
      expect(breaker.openedBy).toBeUndefined();
    }
    expect(openBreaker().breaker.openedBy).toBe('overloaded');
  });

  test('pauses for longer each time, for ten minutes at most, and not by a clock that somebody sets', async () => {
    const { clock, breaker } = openBreaker();
    for (const seconds of [30, 60, 120, 240, 480, 600, 600, 600]) {
      clock.step(HOUR_MS);
      await clock.advance(seconds * 800 - 1);
      expect(breaker.enter('x')).toBe(false);
      clock.step(-3 * HOUR_MS);
      await clock.advance(seconds * 200 + 1);
      expect(breaker.enter('x')).toBe(true);
      expect(breaker.enter('y')).toBe(false);
      breaker.recordFailure('x', failure);
    }
  });

  test('gives the trial to another item when the one that tries leaves', async () => {
    const { clock, breaker } = openBreaker();
    await clock.advance(30_000);
    expect([breaker.enter('x'), breaker.enter('y')]).toEqual([true, false]);
    breaker.leave('y');
    expect(breaker.enter('y')).toBe(false);
    breaker.leave('x');
    expect(breaker.enter('y')).toBe(true);
  });

  test('does not prolong a pause for what began before it', async () => {
    const { clock, breaker } = openBreaker();
    await clock.advance(20_000);
    for (const id of ['d', 'e', 'f']) breaker.recordFailure(id, { reason: 'late', ageMs: 25_000 });
    await clock.advance(10_000);
    expect(breaker.enter('x')).toBe(true);
  });

  test('does not open again for what began before a success', async () => {
    const clock = new ManualClock();
    const breaker = newBreaker(clock);
    await clock.advance(10_000);
    breaker.recordSuccess(1_000);
    await clock.advance(50_000);
    const counted = ['a', 'b', 'c', 'd'].map((id) => breaker.recordTimeUp(id, { reason: 'late', ageMs: 60_000 }));
    expect([counted, breaker.openedBy]).toEqual([[false, false, false, false], undefined]);
  });

  test('takes no item that came late to its turn for a failure, whether or not the usual time is known', async () => {
    const clock = new ManualClock();
    const breaker = newBreaker(clock);
    const timeUp = (ageMs: number) => breaker.recordTimeUp('x', { reason: 'late', ageMs });
    for (let item = 0; item < 4; item += 1) expect(timeUp(29_999)).toBe(false);
    breaker.recordSuccess(50);
    await clock.advance(HOUR_MS);
    for (let item = 0; item < 4; item += 1) expect(timeUp(29_999)).toBe(false);
    breaker.recordSuccess(45_000);
    await clock.advance(HOUR_MS);
    for (let item = 0; item < 4; item += 1) expect(timeUp(44_999)).toBe(false);
    expect(breaker.openedBy).toBeUndefined();
    for (let item = 0; item < 3; item += 1) expect(timeUp(45_000)).toBe(true);
    expect(breaker.openedBy).toBe('late');
  });

  test('counts no single item that failed before a success', async () => {
    const clock = new ManualClock();
    const breaker = newBreaker(clock);
    await clock.advance(10_000);
    breaker.recordSuccess(1_000);
    await clock.advance(1_000);
    const fail = (ageMs: number) => breaker.recordFailure('x', { reason: 'odd', ageMs, concerns: 'item' });
    for (let item = 0; item < 9; item += 1) expect(fail(5_000)).toBe(false);
    for (let item = 0; item < 4; item += 1) expect(fail(500)).toBe(true);
    expect(breaker.openedBy).toBeUndefined();
    fail(500);
    expect(breaker.openedBy).toContain('odd');
  });

  test('is neither opened nor closed by a few single items', async () => {
    const { clock, breaker } = openBreaker();
    await clock.advance(30_000);
    expect(breaker.enter('x')).toBe(true);
    breaker.recordFailure('x', { reason: 'odd', ageMs: 0, concerns: 'item' });
    expect(breaker.openedBy).toBe('overloaded');
    expect(breaker.enter('y')).toBe(true);
  });
});
