import { describe, expect, test } from 'vitest';

import { ids } from '../discord/index.ts';
import { Bench } from './bench.ts';
import { NoteFeed, notes, type Note } from './notes.ts';

const cycleOf = (bench: Bench) => bench.store.stats().then(({ lastCycle }) => lastCycle);

describe('a batch', () => {
  test('posts each item once, and tells Discord nothing that its schema refuses', async () => {
    const bench = await Bench.start();
    const cycle = await bench.deliver(notes(3));
    expect(bench.texts()).toEqual(['n1: about n1', 'n2: about n2', 'n3: about n3']);
    expect(cycle).toMatchObject({ total: 3, skipped: 0, enriched: 3, posted: 3, marked: 0, failed: 0, held: 0 });
    expect(await cycleOf(bench)).toEqual(cycle);
    expect(await bench.store.filterUnseen(['n1', 'n2', 'n3'])).toEqual([]);
    expect(bench.discord.complaints).toEqual([]);
  });

  test('neither enriches nor posts what was seen, or is named twice', async () => {
    const bench = await Bench.start();
    await bench.store.markSeen(['n1', 'link-2']);
    const [one, , three] = notes(3);
    const cycle = await bench.deliver([one, { id: 'n2', aliases: ['link-2'] }, three, three] as Note[]);
    expect(bench.feed.enriched).toEqual(['n3']);
    expect(bench.texts()).toEqual(['n3: about n3']);
    expect(cycle).toMatchObject({ total: 3, skipped: 2, enriched: 1, posted: 1 });
    const lines = bench.logger.lines.filter(({ event }) => event.startsWith('sec_llm_batch_start'));
    expect(lines).toEqual([
      {
        level: 'info',
        event: 'sec_llm_batch_start total_filings=3 skipped_seen=2 to_enrich=1 max_concurrent=3',
        fields: { total_filings: 3, skipped_seen: 2, to_enrich: 1, max_concurrent: 3 },
      },
    ]);
  });

  test('works on as many items at a time as it may, and begins them in order', async () => {
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
    const bench = await Bench.start({ feed: new SlowFeed(), delivery: { maxConcurrent: 2 } });
    await bench.deliver(notes(9));
    expect(running).toEqual({ now: 0, most: 2 });
    expect(bench.feed.enriched).toEqual(notes(9).map(({ id }) => id));
    expect(bench.texts()).toHaveLength(9);
  });

  test('half done keeps the done half', async () => {
    class HalfFeed extends NoteFeed {
      override async summarize(note: Note, signal: AbortSignal) {
        if (note.id === 'n2') throw new Error('overloaded');
        return super.summarize(note, signal);
      }
    }
    const bench = await Bench.start({ feed: new HalfFeed() });
    expect(await bench.deliver(notes(3))).toMatchObject({ enriched: 2, posted: 2, failed: 1 });
    expect(await bench.store.filterUnseen(['n1', 'n2', 'n3'])).toEqual(['n2']);
    expect(bench.logger.of('feed_item_retry')).toMatchObject([
      { fields: { id: 'n2', error: 'enrichment: overloaded' } },
    ]);
  });

  test('takes up what waits before what is new', async () => {
    class LateFeed extends NoteFeed {
      isUp = false;
      override async summarize(note: Note, signal: AbortSignal) {
        if (!this.isUp) throw new Error('down');
        return super.summarize(note, signal);
      }
    }
    const feed = new LateFeed();
    const bench = await Bench.start({ feed, delivery: { maxConcurrent: 1 } });
    await bench.deliver([{ id: 'z' }]);
    await bench.clock.advance(30_000);
    feed.isUp = true;
    await bench.deliver([{ id: 'a' }, { id: 'b' }]);
    expect(bench.texts().map((text) => text[0])).toEqual(['z', 'a', 'b']);
  });
});

describe('an item that cannot be delivered holds up no other', () => {
  test('one without a usable key, one that JSON cannot hold, and one whose key throws, are refused', async () => {
    class PickyFeed extends NoteFeed {
      override key(note: Note): string {
        if (note.id === 'throws') throw new Error('no key');
        return super.key(note);
      }
    }
    const bench = await Bench.start({ feed: new PickyFeed() });
    const strange = { id: 'big', size: 1n } as Note;
    const cycle = await bench.deliver([{ id: '' }, { id: 'throws' }, strange, { id: 'good' }]);
    expect(bench.texts()).toEqual(['good: about good']);
    expect(cycle).toMatchObject({ posted: 1, failed: 0 });
    const refused = bench.logger.of('feed_items_refused').map(({ fields }) => [fields['refused'], fields['example']]);
    expect(refused).toEqual([
      [2, expect.stringContaining('a key is empty')],
      [1, expect.stringContaining('JSON cannot hold the item big')],
    ]);
    expect(await bench.store.ledger.counts()).toEqual({ waiting: 0, active: 0, failed: 0 });
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
    ['enrich() gives undefined', { summarize: async () => undefined }, 'JSON cannot hold the enrichment'],
  ])('one for which %s is tried again, and becomes a dead letter', async (_what, broken, error) => {
    const feed = new NoteFeed();
    const parts = Object.entries(broken).map(([name, part]) => {
      const whole = feed[name as 'message'].bind(feed) as (...given: unknown[]) => unknown;
      const replaced = (note: Note, ...rest: unknown[]) => (note.id === 'n1' ? part() : whole(note, ...rest));
      return [name, replaced] as const;
    });
    Object.assign(feed, Object.fromEntries(parts));
    const bench = await Bench.start({ feed, delivery: { maxAttempts: 2 } });
    await bench.deliver(notes(3));
    expect(bench.texts()).toEqual(['n2: about n2', 'n3: about n3']);
    expect(bench.clock.sleeping).not.toContain(20_000);
    await bench.clock.advance(60_000);
    await bench.deliver([]);
    expect(await bench.store.ledger.failed()).toMatchObject([{ id: 'n1', lastError: expect.stringContaining(error) }]);
  });

  test('one whose stored payload this version cannot read becomes a dead letter', async () => {
    const bench = await Bench.start();
    await bench.store.claim([{ id: 'old', payload: 'of another version' }], { feed: 'notes', leaseMs: 1 });
    await bench.clock.advance(2);
    expect(await bench.deliver(notes(1))).toMatchObject({ posted: 1 });
    const error = 'the stored item cannot be read: no note';
    expect(await bench.store.ledger.failed()).toMatchObject([{ id: 'old', lastError: error }]);
  });

  test('one that goes nowhere is not paid for', async () => {
    const bench = await Bench.start();
    await bench.deliver([{ id: 'a', channels: [] }]);
    expect(bench.feed.enriched).toEqual([]);
    expect(await bench.store.isSeen('a')).toBe(true);
  });

  test.each(['deliver', 'hold'] as const)(
    'one that names a channel twice gets there once (%s)',
    async (onStoreError) => {
      const bench = await Bench.start({ delivery: { onStoreError } });
      await bench.deliver([{ id: 'a', channels: [ids.general, ids.general] }]);
      expect(bench.creations(ids.general)).toHaveLength(1);
    },
  );
});

test('a cycle without items changes nothing, and is recorded', async () => {
  const bench = await Bench.start();
  await bench.deliver(notes(2));
  expect(await bench.deliver([])).toMatchObject({ total: 0, skipped: 0, posted: 0 });
  expect(await bench.deliver(notes(2))).toMatchObject({ total: 2, skipped: 2, posted: 0 });
  expect(bench.texts()).toHaveLength(2);
});
