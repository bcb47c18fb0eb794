import { describe, expect, test } from 'vitest';

import { backoffMs } from '../../src/feed/backoff.ts';
import { createsMessage, failNext, ids } from '../../local/discord/index.ts';
import { DeliveryHarness } from '../support/delivery-harness.ts';
import { NoteFeed, notes, type Note, type Summary } from '../support/notes.ts';

/** Its template works once it is told to. */
class MoodyFeed extends NoteFeed {
  isUp = false;
  tries = 0;

  override message(note: Note, summary?: Summary) {
    this.tries += 1;
    if (!this.isUp) throw new Error('no template');
    return super.message(note, summary);
  }
}

const retryAt = async (harness: DeliveryHarness): Promise<number> =>
  ((await harness.store.ledger.find('n1'))?.retryAt?.getTime() ?? 0) - harness.clock.now();

test('the backoff grows from half a minute to an hour, and is spread at random', () => {
  const waits = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 1_000].map(backoffMs);
  const longest = [30, 60, 120, 240, 480, 960, 1920, 3600, 3600, 3600, 3600].map((seconds) => seconds * 1000);
  for (const [index, wait] of waits.entries()) {
    expect(wait).toBeLessThanOrEqual(longest[index] ?? 0);
    expect(wait).toBeGreaterThanOrEqual((longest[index] ?? 0) * 0.8);
  }
  expect(new Set(Array.from({ length: 20 }, () => backoffMs(5))).size).toBeGreaterThan(1);
});

describe('an item that failed', () => {
  test('an item that fails waits longer each time, over restarts, and is not tried before its time', async () => {
    const feed = new MoodyFeed();
    const harness = await DeliveryHarness.start({ feed });
    for (const seconds of [30, 60, 120]) {
      await harness.deliver(notes(1));
      const wait = await retryAt(harness);
      expect(wait).toBeGreaterThanOrEqual(seconds * 800);
      expect(wait).toBeLessThanOrEqual(seconds * 1000);
      await harness.restart();
      const { tries } = feed;
      await harness.clock.advance(wait - 1);
      await harness.deliver(notes(1));
      expect(feed.tries).toBe(tries);
      await harness.clock.advance(1);
    }
  });

  test('an item that failed is tried again as it was, even if it has left the feed', async () => {
    const feed = new MoodyFeed();
    const harness = await DeliveryHarness.start({ feed });
    await harness.deliver([{ id: 'n1', channels: [ids.general] }]);
    feed.isUp = true;
    await harness.clock.advance(30_000);
    await harness.restart();
    expect(await harness.deliver([])).toMatchObject({ total: 0, enriched: 0, posted: 1 });
    expect(harness.texts(ids.general)).toEqual(['n1: about n1']);
  });

  test('an item that always fails becomes a dead letter, and a replay makes only the posts that are missing', async () => {
    class HalfFeed extends NoteFeed {
      isMended = false;

      override message(note: Note, summary?: Summary, channelId?: string) {
        if (channelId === ids.general && !this.isMended) throw new Error('no template');
        return super.message(note, summary);
      }
    }
    const feed = new HalfFeed();
    const harness = await DeliveryHarness.start({ feed, delivery: { maxAttempts: 3 } });
    for (let attempt = 0; attempt < 5; attempt += 1) {
      await harness.deliver(notes(1, 'n', { channels: [ids.announcements, ids.general] }));
      await harness.clock.advance(3_600_000);
    }
    const [letter] = await harness.store.ledger.failed();
    expect(letter).toMatchObject({ id: 'n1', attempts: 3, lastError: expect.stringContaining('attempt 3 of 3') });
    expect(harness.logger.of('feed_item_failed')).toHaveLength(1);
    expect(await harness.store.isSeen('n1')).toBe(false);
    feed.isMended = true;
    expect(await harness.store.ledger.retry(['n1'])).toBe(1);
    await harness.restart();
    expect(await harness.deliver([])).toMatchObject({ posted: 0, failed: 0, enriched: 0 });
    expect(harness.creations(ids.announcements)).toHaveLength(1);
    expect(harness.texts(ids.general)).toEqual(['n1: about n1']);
    expect(harness.feed.enriched).toEqual(['n1']);
  });

  test('an item that was enriched is not enriched again, whatever fails afterwards', async () => {
    const harness = await DeliveryHarness.start();
    harness.discord.faults = failNext(40, { kind: 'status', status: 500 }, createsMessage(ids.announcements));
    for (let attempt = 0; attempt < 11; attempt += 1) {
      await harness.restart();
      await harness.deliver([...notes(2)]);
      await harness.clock.advance(3_600_000);
    }
    expect(harness.texts().toSorted()).toEqual(['n1: about n1', 'n2: about n2']);
    expect(harness.feed.enriched.toSorted()).toEqual(['n1', 'n2']);
  });
});

test('an item whose attempts all end with the process becomes a dead letter', async () => {
  const harness = await DeliveryHarness.start({ delivery: { maxAttempts: 2 } });
  harness.discord.faults = () => {
    harness.crash();
    return { kind: 'disconnect', applied: false };
  };
  for (const items of [notes(1), []]) {
    await expect(harness.deliver(items)).rejects.toThrow('closed store');
    await harness.restartAfterLease();
  }
  expect(await harness.deliver([])).toMatchObject({ posted: 0, failed: 1 });
  const lastError = '2 attempts ended without an outcome';
  expect(await harness.store.ledger.failed()).toMatchObject([{ id: 'n1', attempts: 3, lastError }]);
});

test('the line at the start of a cycle counts what is left to enrich, without stored enrichments', async () => {
  const harness = await DeliveryHarness.start();
  harness.discord.faults = failNext(4, { kind: 'status', status: 500 }, createsMessage(ids.announcements));
  await harness.deliver(notes(1));
  await harness.clock.advance(30_000);
  expect(await harness.deliver([...notes(1), { id: 'new' }])).toMatchObject({ enriched: 1, posted: 2 });
  const fields = { feed: 'notes', total: 2, skipped: 0, to_enrich: 1, max_concurrent: 3 };
  expect(harness.logger.of('feed_cycle_started').at(-1)).toMatchObject({ fields });
});
