import { describe, expect, test } from 'vitest';

import { backoffMs } from '../../src/feed/backoff.ts';
import { createsMessage, failNext, ids } from '../discord/index.ts';
import { Bench } from './bench.ts';
import { NoteFeed, notes, type Note } from './notes.ts';

/** Enrichment works once it is told to. */
class MoodyFeed extends NoteFeed {
  isUp = false;

  override async summarize(note: Note, signal: AbortSignal) {
    if (!this.isUp) throw new Error('overloaded');
    return super.summarize(note, signal);
  }
}

const retryAt = async (bench: Bench): Promise<number> =>
  ((await bench.store.ledger.find('n1'))?.retryAt?.getTime() ?? 0) - bench.clock.now();

test('the wait grows from half a minute to an hour, and is never the same for all', () => {
  const waits = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 1_000].map(backoffMs);
  const longest = [30, 60, 120, 240, 480, 960, 1920, 3600, 3600, 3600, 3600].map((seconds) => seconds * 1000);
  for (const [index, wait] of waits.entries()) {
    expect(wait).toBeLessThanOrEqual(longest[index] ?? 0);
    expect(wait).toBeGreaterThanOrEqual((longest[index] ?? 0) * 0.8);
  }
  expect(new Set(Array.from({ length: 20 }, () => backoffMs(5))).size).toBeGreaterThan(1);
});

describe('an item that failed', () => {
  test('waits longer each time, over restarts, and is not asked about before', async () => {
    const bench = await Bench.start({ feed: new MoodyFeed() });
    for (const seconds of [30, 60, 120]) {
      await bench.deliver(notes(1));
      const wait = await retryAt(bench);
      expect(wait).toBeGreaterThanOrEqual(seconds * 800);
      expect(wait).toBeLessThanOrEqual(seconds * 1000);
      await bench.restart();
      const asked = bench.feed.enriched.length;
      await bench.clock.advance(wait - 1);
      await bench.deliver(notes(1));
      expect(bench.feed.enriched).toHaveLength(asked);
      await bench.clock.advance(1);
    }
  });

  test('is tried again after it has left the feed, as it was', async () => {
    const feed = new MoodyFeed();
    const bench = await Bench.start({ feed });
    await bench.deliver([{ id: 'n1', channels: [ids.general] }]);
    feed.isUp = true;
    await bench.clock.advance(30_000);
    await bench.restart();
    expect(await bench.deliver([])).toMatchObject({ total: 0, enriched: 1, posted: 1 });
    expect(bench.texts(ids.general)).toEqual(['n1: about n1']);
  });

  test('becomes a dead letter in the end; the posts that it got stay, and a replay makes the missing ones only', async () => {
    const bench = await Bench.start({ delivery: { maxAttempts: 3 } });
    bench.discord.faults = (request) =>
      createsMessage(ids.general)(request) ? { kind: 'status', status: 500 } : undefined;
    for (let attempt = 0; attempt < 5; attempt += 1) {
      await bench.deliver(notes(1, 'n', { channels: [ids.announcements, ids.general] }));
      await bench.clock.advance(3_600_000);
    }
    const [letter] = await bench.store.ledger.failed();
    expect(letter).toMatchObject({ id: 'n1', attempts: 3, lastError: expect.stringContaining('attempt 3 of 3') });
    expect(bench.logger.of('feed_item_failed')).toHaveLength(1);
    expect(await bench.store.isSeen('n1')).toBe(false);
    bench.discord.faults = undefined;
    expect(await bench.store.ledger.retry(['n1'])).toBe(1);
    await bench.restart();
    expect(await bench.deliver([])).toMatchObject({ posted: 1, enriched: 0 });
    expect(bench.creations(ids.announcements)).toHaveLength(1);
    expect(bench.texts(ids.general)).toEqual(['n1: about n1']);
    expect(bench.feed.enriched).toEqual(['n1']);
  });

  test('and was paid for is not paid for again, whatever fails', async () => {
    const bench = await Bench.start();
    bench.discord.faults = failNext(40, { kind: 'status', status: 500 }, createsMessage(ids.announcements));
    for (let attempt = 0; attempt < 8; attempt += 1) {
      await bench.restart();
      await bench.deliver([...notes(2)]);
      await bench.clock.advance(3_600_000);
    }
    expect(bench.texts().toSorted()).toEqual(['n1: about n1', 'n2: about n2']);
    expect(bench.feed.enriched.toSorted()).toEqual(['n1', 'n2']);
  });
});

test('a line of the log says what is left to enrich, and what was bought before is not counted', async () => {
  const bench = await Bench.start();
  bench.discord.faults = failNext(4, { kind: 'status', status: 500 }, createsMessage(ids.announcements));
  await bench.deliver(notes(1));
  await bench.clock.advance(30_000);
  expect(await bench.deliver([...notes(1), { id: 'new' }])).toMatchObject({ enriched: 1, posted: 2 });
  const event = 'sec_llm_batch_start total_filings=2 skipped_seen=0 to_enrich=1 max_concurrent=3';
  expect(bench.logger.of(event)).toHaveLength(1);
});
