import { describe, expect, test } from 'vitest';

import type { CycleStart, Feed, SeenLogger } from '../../src/index.ts';
import { ids } from '../../local/discord/index.ts';
import { DeliveryHarness } from '../support/delivery-harness.ts';
import { NoteFeed, notes, type Note, type Summary } from '../support/notes.ts';

const cycleOf = (harness: DeliveryHarness) => harness.store.stats().then(({ lastCycle }) => lastCycle);

describe('a batch', () => {
  test('a batch posts each item once, with requests that Discord’s schema allows', async () => {
    const harness = await DeliveryHarness.start();
    const cycle = await harness.deliver(notes(3));
    expect(harness.texts()).toEqual(['n1: about n1', 'n2: about n2', 'n3: about n3']);
    expect(cycle).toMatchObject({ total: 3, skipped: 0, enriched: 3, posted: 3, marked: 0, failed: 0, held: 0 });
    expect(await cycleOf(harness)).toEqual(cycle);
    expect(await harness.store.filterUnseen(['n1', 'n2', 'n3'])).toEqual([]);
    expect(harness.discord.complaints).toEqual([]);
  });

  test('items that were seen, and repeats, are neither enriched nor posted', async () => {
    const harness = await DeliveryHarness.start();
    await harness.store.markSeen(['n1', 'link-2']);
    const [one, , three] = notes(3);
    const cycle = await harness.deliver([one, { id: 'n2', aliases: ['link-2'] }, three, three] as Note[]);
    expect(harness.feed.enriched).toEqual(['n3']);
    expect(harness.texts()).toEqual(['n3: about n3']);
    expect(cycle).toMatchObject({ total: 3, skipped: 2, enriched: 1, posted: 1 });
    expect(harness.logger.of('feed_cycle_started')).toEqual([
      {
        level: 'debug',
        event: 'feed_cycle_started',
        fields: { feed: 'notes', total: 3, skipped: 2, to_enrich: 1, max_concurrent: 3 },
      },
    ]);
  });

  test('as many items as allowed are worked on at the same time, and they are begun in order', async () => {
    const running = { now: 0, most: 0 };
    class SlowFeed extends NoteFeed {
      override async summarize(note: Note, signal: AbortSignal) {
        running.now += 1;
        running.most = Math.max(running.most, running.now);
        for (let turn = 0; turn < 1_000 && running.now < 2; turn += 1) await new Promise(setImmediate);
        running.now -= 1;
        return super.summarize(note, signal);
      }
    }
    const harness = await DeliveryHarness.start({ feed: new SlowFeed(), delivery: { maxConcurrent: 2 } });
    await harness.deliver(notes(9));
    expect(running).toEqual({ now: 0, most: 2 });
    expect(harness.feed.enriched).toEqual(notes(9).map(({ id }) => id));
    expect(harness.texts()).toHaveLength(9);
  });

  test('an item whose enrichment fails is posted without, and has no effect on the others of its batch', async () => {
    class HalfFeed extends NoteFeed {
      override async summarize(note: Note, signal: AbortSignal) {
        if (note.id === 'n2') throw new Error('overloaded');
        return super.summarize(note, signal);
      }
    }
    const harness = await DeliveryHarness.start({ feed: new HalfFeed() });
    expect(await harness.deliver(notes(3))).toMatchObject({ enriched: 2, posted: 3, failed: 0 });
    expect(harness.texts()).toEqual(['n1: about n1', 'n2: plain', 'n3: about n3']);
    expect(await harness.store.filterUnseen(['n1', 'n2', 'n3'])).toEqual([]);
    expect(harness.logger.of('feed_item_plain')).toMatchObject([{ fields: { id: 'n2', reason: 'overloaded' } }]);
  });

  test('an item that waits for its retry is delivered before the new ones', async () => {
    class LateFeed extends NoteFeed {
      isUp = false;
      override message(note: Note, summary?: Summary) {
        if (!this.isUp) throw new Error('no template');
        return super.message(note, summary);
      }
    }
    const feed = new LateFeed();
    const harness = await DeliveryHarness.start({ feed, delivery: { maxConcurrent: 1 } });
    await harness.deliver([{ id: 'z' }]);
    await harness.clock.advance(30_000);
    feed.isUp = true;
    await harness.deliver([{ id: 'a' }, { id: 'b' }]);
    expect(harness.texts().map((text) => text[0])).toEqual(['z', 'a', 'b']);
  });
});

describe('an item that cannot be delivered', () => {
  test('items without a valid key, and items that JSON cannot hold, are left out and logged', async () => {
    class PickyFeed extends NoteFeed {
      override key(note: Note): string {
        if (note.id === 'throws') throw new Error('no key');
        return super.key(note);
      }
    }
    const harness = await DeliveryHarness.start({ feed: new PickyFeed() });
    const strange = { id: 'big', size: 1n } as Note;
    const cycle = await harness.deliver([{ id: '' }, { id: 'throws' }, strange, { id: 'good' }]);
    expect(harness.texts()).toEqual(['good: about good']);
    expect(cycle).toMatchObject({ posted: 1, failed: 0 });
    const refused = harness.logger.of('feed_items_refused').map(({ fields }) => [fields['refused'], fields['example']]);
    expect(refused).toEqual([
      [2, expect.stringContaining('key() returned is empty')],
      [1, expect.stringContaining('JSON cannot hold the item big')],
    ]);
    expect(await harness.store.ledger.counts()).toEqual({ waiting: 0, active: 0, failed: 0 });
  });

  test.each([
    [
      'message() throws',
      {
        message: () => {
          throw new Error('no message');
        },
      },
      'no message',
    ],
    [
      'channels() throws',
      {
        channels: () => {
          throw new Error('no channels');
        },
      },
      'no channels',
    ],
  ])(
    'an item for which %s is tried again, becomes a dead letter, and holds up no other',
    async (_what, broken, error) => {
      const feed = new NoteFeed();
      const parts = Object.entries(broken).map(([name, part]) => {
        const whole = feed[name as 'message'].bind(feed) as (...given: unknown[]) => unknown;
        const replaced = (note: Note, ...rest: unknown[]) => (note.id === 'n1' ? part() : whole(note, ...rest));
        return [name, replaced] as const;
      });
      Object.assign(feed, Object.fromEntries(parts));
      const harness = await DeliveryHarness.start({ feed, delivery: { maxAttempts: 2 } });
      await harness.deliver(notes(3));
      expect(harness.texts()).toEqual(['n2: about n2', 'n3: about n3']);
      expect(harness.clock.sleeping).not.toContain(20_000);
      await harness.clock.advance(60_000);
      await harness.deliver([]);
      expect(await harness.store.ledger.failed()).toMatchObject([
        { id: 'n1', lastError: expect.stringContaining(error) },
      ]);
    },
  );

  test('an item whose stored payload this version cannot read becomes a dead letter, and holds up no other', async () => {
    const harness = await DeliveryHarness.start();
    await harness.store.claim([{ id: 'old', payload: 'of another version' }], { feed: 'notes', leaseMs: 1 });
    await harness.clock.advance(2);
    expect(await harness.deliver(notes(1))).toMatchObject({ posted: 1 });
    const error = 'the stored item cannot be read: no note';
    expect(await harness.store.ledger.failed()).toMatchObject([{ id: 'old', lastError: error }]);
  });

  test('an item without channels is marked as seen without being enriched', async () => {
    const harness = await DeliveryHarness.start();
    await harness.deliver([{ id: 'a', channels: [] }]);
    expect(harness.feed.enriched).toEqual([]);
    expect(await harness.store.isSeen('a')).toBe(true);
  });

  test.each(['deliver', 'hold'] as const)(
    'an item that names a channel twice is posted there once (onStoreError: %s)',
    async (onStoreError) => {
      const harness = await DeliveryHarness.start({ delivery: { onStoreError } });
      await harness.deliver([{ id: 'a', channels: [ids.general, ids.general] }]);
      expect(harness.creations(ids.general)).toHaveLength(1);
    },
  );
});

test('a cycle without items changes nothing', async () => {
  const harness = await DeliveryHarness.start();
  await harness.deliver(notes(2));
  expect(await harness.deliver([])).toMatchObject({ total: 0, skipped: 0, posted: 0 });
  expect(await harness.deliver(notes(2))).toMatchObject({ total: 2, skipped: 2, posted: 0 });
  expect(harness.texts()).toHaveLength(2);
});

test('a feed with words of its own logs the start of a cycle in them', async () => {
  class WordyFeed extends NoteFeed implements Feed<Note, Summary> {
    logStart(start: CycleStart, logger: SeenLogger): void {
      logger.warn('notes_to_post', start);
    }
  }
  const harness = await DeliveryHarness.start({ feed: new WordyFeed(), delivery: { maxConcurrent: 2 } });
  await harness.store.markSeen('n1');
  await harness.deliver(notes(4));
  expect(harness.logger.of('notes_to_post')).toEqual([
    { level: 'warn', event: 'notes_to_post', fields: { total: 4, skipped: 1, toEnrich: 3, maxConcurrent: 2 } },
  ]);
  expect(harness.logger.of('feed_cycle_started')).toEqual([]);
});
