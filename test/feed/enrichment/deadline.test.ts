import { describe, expect, test, vi } from 'vitest';

import { createsMessage, failNext, ids } from '../../../local/discord/index.ts';
import { SeenInputError, type DeliveryOptions } from '../../../src/index.ts';
import { DeliveryHarness } from '../../support/delivery-harness.ts';
import { notes, type Note, type Summary } from '../../support/notes.ts';
import { SlowFeed, type ModelBehaviour } from '../../support/slow-feed.ts';
import { HOUR_MS, MINUTE_MS } from '../../support/times.ts';

const never = new AbortController().signal;

async function start(model: (note: Note) => ModelBehaviour, delivery: DeliveryOptions = {}) {
  const feed = new SlowFeed();
  feed.model = model;
  const harness = await DeliveryHarness.start({ feed, delivery });
  feed.clock = harness.clock;
  return { feed, harness };
}

/** Lets as much time pass once so many enrichments are under way. */
async function passWhile({ feed, harness }: Awaited<ReturnType<typeof start>>, pending: number, ms: number) {
  await vi.waitUntil(() => feed.pending === pending, { interval: 1, timeout: 10_000 });
  await harness.clock.advance(ms);
}

const plain = (...names: string[]): string[] => names.map((name) => `${name}: plain`);

describe('an item whose enrichment does not come', () => {
  test.each([
    ['listens to its signal', false],
    ['ignores its signal', true],
  ])('is posted plain a minute after it was listed, by a model that hangs and %s', async (_what, ignoresSignal) => {
    const { feed, harness } = await start(() => 'hang');
    feed.ignoresSignal = ignoresSignal;
    const delivering = harness.deliver(notes(1));
    await passWhile({ feed, harness }, 1, 59_999);
    expect(feed.signals.map(({ aborted }) => aborted)).toEqual([false]);
    await harness.clock.advance(1);
    expect(await delivering).toMatchObject({ posted: 1, enriched: 0, failed: 0 });
    expect(harness.texts()).toEqual(plain('n1'));
    expect(feed.signals.map(({ aborted }) => aborted)).toEqual([true]);
    expect(await harness.store.isSeen('n1')).toBe(true);
  });

  test('waits as long as the feed says, and with Infinity as long as it takes', async () => {
    const short = await start(() => 'hang', { enrichWithinMs: 5_000 });
    const inTime = short.harness.deliver(notes(1));
    await passWhile(short, 1, 5_000);
    await inTime;
    expect(short.harness.texts()).toEqual(plain('n1'));
    const long = await start(() => 20 * MINUTE_MS, { enrichWithinMs: Infinity });
    const inTheEnd = long.harness.deliver(notes(1));
    await passWhile(long, 1, 20 * MINUTE_MS);
    await inTheEnd;
    expect(long.harness.texts()).toEqual(['n1: about n1']);
  });

  test('counts from the time at which its batch was listed', async () => {
    const { harness } = await start(() => 'hang');
    const listedAt = new Date(harness.clock.now() - 45_000);
    const begun = harness.clock.monotonic();
    const delivering = harness.delivery.run({ items: notes(1), complete: true, listedAt }, never);
    await harness.clock.whenSleeping(15_000);
    await harness.clock.advance(15_000);
    expect(await delivering).toMatchObject({ posted: 1 });
    expect(harness.clock.monotonic() - begun).toBe(15_000);
  });

  test('has a time of its own in a batch that joins several polls', async () => {
    const { feed, harness } = await start(() => 0);
    const now = harness.clock.now();
    const listedAt = [new Date(now - 2 * MINUTE_MS), new Date(now)];
    await harness.delivery.run({ items: notes(2), complete: true, listedAt }, never);
    expect(harness.texts()).toEqual(['n1: plain', 'n2: about n2']);
    expect(feed.enriched).toEqual(['n2']);
  });

  test.each([
    ['a text', '2026-01-05'],
    ['no date', new Date(NaN)],
    ['too short a list', [new Date()]],
  ])('a batch with %s for a time is refused, and loses nothing', async (_what, listedAt) => {
    const { harness } = await start(() => 0);
    const batch = { items: notes(2), complete: true, listedAt: listedAt as Date };
    await expect(harness.delivery.run(batch, never)).rejects.toThrow(SeenInputError);
    expect(await harness.deliver(notes(2))).toMatchObject({ posted: 2 });
  });

  test('is posted within a minute in whichever batch it waits for a slot', async () => {
    const { feed, harness } = await start(() => 'hang');
    const delivering = harness.deliver(notes(100));
    await passWhile({ feed, harness }, 3, 60_000);
    expect(await delivering).toMatchObject({ posted: 100, failed: 0 });
    // Those that had no slot by then asked for nothing.
    expect(feed.enriched).toEqual(['n1', 'n2', 'n3']);
  });

  test('a slow model enriches of a burst what it can in time, and is not taken for one that fails', async () => {
    const { feed, harness } = await start(() => 8_000);
    const delivering = harness.deliver(notes(100));
    for (let round = 1; round <= 8; round += 1) await passWhile({ feed, harness }, 3, 8_000);
    await delivering;
    expect(harness.texts()).toHaveLength(100);
    expect(harness.texts().filter((text) => text.includes('about'))).toHaveLength(21);
    feed.enriched.length = 0;
    const next = harness.deliver(notes(103));
    await passWhile({ feed, harness }, 3, 8_000);
    await next;
    expect(feed.enriched).toEqual(['n101', 'n102', 'n103']);
    expect(harness.texts().slice(100)).toEqual(['n101: about n101', 'n102: about n102', 'n103: about n103']);
  });
});

describe('the time over several attempts', () => {
  test('is what is left of a minute after a crash', async () => {
    const { feed, harness } = await start(() => 'hang', { leaseMs: 10_000 });
    const delivering = harness.deliver(notes(1)).catch(() => undefined);
    await harness.clock.whenSleeping(60_000);
    harness.crash();
    await harness.clock.advance(40_000);
    await harness.restart();
    const again = harness.deliver(notes(1));
    await harness.clock.whenSleeping(20_000);
    await harness.clock.advance(20_000);
    expect(await again).toMatchObject({ posted: 1 });
    expect(feed.enriched).toEqual(['n1', 'n1']);
    await harness.clock.advance(MINUTE_MS);
    await delivering;
    expect(harness.texts()).toEqual(plain('n1'));
  });

  test.each([
    ['forward', 5 * HOUR_MS, []],
    ['back', -5 * HOUR_MS, ['n1']],
  ])('is never longer than a minute, nor less than none, when the clock is set %s', async (_way, stepMs, asked) => {
    const { feed, harness } = await start(() => 'hang');
    const stop = new AbortController();
    const delivering = harness.deliver(notes(1), { signal: stop.signal });
    await harness.clock.whenSleeping(60_000);
    stop.abort();
    await harness.clock.whenSleeping(3_000);
    await harness.clock.advance(3_000);
    await delivering;
    harness.clock.step(stepMs);
    await harness.restart();
    feed.enriched.length = 0;
    const again = harness.deliver(notes(1));
    if (asked.length > 0) await passWhile({ feed, harness }, 1, 60_000);
    await again;
    expect(harness.texts()).toEqual(plain('n1'));
    expect(feed.enriched).toEqual(asked);
  });

  test('is measured in the process by a clock that nobody sets', async () => {
    const { harness } = await start(() => 'hang');
    const delivering = harness.deliver(notes(1));
    await harness.clock.whenSleeping(60_000);
    harness.clock.step(-5 * HOUR_MS);
    await harness.clock.advance(59_000);
    expect(harness.texts()).toEqual([]);
    await harness.clock.advance(1_000);
    expect(await delivering).toMatchObject({ posted: 1 });
  });

  test('does not run while the flood breaker holds the item', async () => {
    const { harness } = await start(() => 0, { flood: { share: 0.5, minimum: 5 } });
    for (let cycle = 0; cycle < 5; cycle += 1) await harness.deliver(notes(4));
    expect(await harness.deliver([...notes(4), ...notes(6, 'flood')])).toMatchObject({ held: 6 });
    await harness.clock.advance(3 * HOUR_MS);
    const hold = await harness.store.holds.current('notes');
    await harness.store.holds.decide(hold?.name ?? '', 'post', 'an admin');
    await harness.deliver([]);
    const released = harness.texts().filter((text) => text.startsWith('flood'));
    expect(released).toEqual(notes(6, 'flood').map(({ id }) => `${id}: about ${id}`));
  });

  test('does not run while the channel takes no posts', async () => {
    const { harness } = await start(() => 0, { maxConcurrent: 1 });
    harness.discord.denyChannel(ids.announcements);
    await harness.deliver(notes(3));
    await harness.clock.advance(3 * HOUR_MS);
    harness.discord.allowChannel(ids.announcements);
    await harness.restart();
    await harness.deliver([]);
    expect(harness.texts()).toEqual(['n1: about n1', 'n2: about n2', 'n3: about n3']);
  });

  test('is not given again to an item whose channel fails while its model hangs', async () => {
    const { feed, harness } = await start(() => 'hang');
    harness.discord.denyChannel(ids.announcements);
    const delivering = harness.deliver(notes(1));
    await passWhile({ feed, harness }, 1, 60_000);
    await delivering;
    harness.discord.allowChannel(ids.announcements);
    await harness.clock.advance(MINUTE_MS);
    expect(await harness.deliver([])).toMatchObject({ posted: 1 });
    expect(harness.texts()).toEqual(plain('n1'));
    expect(feed.enriched).toEqual(['n1']);
  });

  test('an enrichment that ends the process each time does not make a dead letter of the item', async () => {
    const { feed, harness } = await start(() => 0, { maxAttempts: 3, enrichWithinMs: Infinity });
    feed.model = () => {
      harness.crash();
      return 0;
    };
    for (let attempt = 1; attempt < 3; attempt += 1) {
      await expect(harness.deliver(notes(1))).rejects.toThrow('closed store');
      await harness.restartAfterLease();
    }
    expect(await harness.deliver([])).toMatchObject({ posted: 1, failed: 0 });
    expect(harness.texts()).toEqual(plain('n1'));
  });
});

describe('a post that was sent plain', () => {
  test('is sent plain again while its outcome is open, although the model works by then', async () => {
    const { feed, harness } = await start(() => new Error('overloaded'));
    harness.discord.faults = failNext(1, { kind: 'disconnect', applied: true }, createsMessage(ids.announcements));
    await harness.deliver(notes(1));
    feed.model = () => 0;
    await harness.clock.advance(30_000);
    expect(await harness.deliver([])).toMatchObject({ posted: 1, enriched: 0 });
    const contents = harness.creations().map(({ body }) => (body as { content: string }).content);
    expect(new Set(contents)).toEqual(new Set(plain('n1')));
    expect(harness.texts()).toEqual(plain('n1'));
  });

  test('is found in the history by what was sent, after a restart', async () => {
    const { feed, harness } = await start(() => new Error('overloaded'), { enrichWithinMs: Infinity });
    harness.discord.faults = failNext(1, { kind: 'disconnect', applied: true }, createsMessage(ids.announcements));
    await harness.deliver(notes(1));
    feed.model = () => 0;
    await harness.clock.advance(HOUR_MS);
    await harness.restart();
    expect(await harness.deliver([])).toMatchObject({ posted: 1 });
    expect(harness.texts()).toEqual(plain('n1'));
    expect(harness.creations()).toHaveLength(1);
  });

  test('stays as it is where another channel gets the item enriched later', async () => {
    const { feed, harness } = await start(() => new Error('overloaded'));
    harness.discord.denyChannel(ids.general);
    await harness.deliver(notes(1, 'n', { channels: [ids.announcements, ids.general] }));
    harness.discord.allowChannel(ids.general);
    feed.model = () => 0;
    await harness.clock.advance(31_000);
    await harness.deliver([]);
    expect(harness.texts()).toEqual(plain('n1'));
    expect(harness.texts(ids.general)).toEqual(['n1: about n1']);
  });
});

describe('a feed that makes no message without an enrichment', () => {
  async function startDemanding(model: (note: Note) => ModelBehaviour, delivery: DeliveryOptions = {}) {
    const started = await start(model, delivery);
    started.feed.message = ({ id }, summary) => ({ content: `${id}: ${(summary as Summary).summary}` });
    return started;
  }

  test('is told what to mend, and its item asks for the enrichment again, with a time of its own', async () => {
    const { feed, harness } = await startDemanding(() => new Error('overloaded'));
    expect(await harness.deliver(notes(1))).toMatchObject({ posted: 0, failed: 1 });
    expect(harness.logger.of('feed_item_retry')).toMatchObject([
      { fields: { id: 'n1', error: expect.stringContaining('Make a message for undefined as well') } },
    ]);
    feed.model = () => 59_000;
    await harness.clock.advance(HOUR_MS);
    const again = harness.deliver([]);
    await passWhile({ feed, harness }, 1, 59_000);
    expect(await again).toMatchObject({ posted: 1, enriched: 1 });
    expect(harness.texts()).toEqual(['n1: about n1']);
  });

  test('has its item enriched in the last attempt as well', async () => {
    const { feed, harness } = await startDemanding(() => new Error('overloaded'), { maxAttempts: 2 });
    await harness.deliver(notes(1));
    feed.model = () => 0;
    await harness.clock.advance(HOUR_MS);
    expect(await harness.deliver([])).toMatchObject({ posted: 1, enriched: 1, failed: 0 });
  });
});

describe('a stop', () => {
  test.each([false, true])(
    'waits three seconds for a model that hangs (ignoring its signal: %s)',
    async (ignoresSignal) => {
      const { feed, harness } = await start(() => 'hang');
      feed.ignoresSignal = ignoresSignal;
      const stop = new AbortController();
      const delivering = harness.deliver(notes(5), { signal: stop.signal });
      await harness.clock.whenSleeping(60_000);
      stop.abort();
      await harness.clock.whenSleeping(3_000);
      await harness.clock.advance(3_000);
      expect(await delivering).toMatchObject({ posted: 0, failed: 0 });
      expect(await harness.store.ledger.counts()).toMatchObject({ waiting: 5, failed: 0 });
      expect((await harness.store.ledger.find('n1'))?.attempts).toBe(0);
    },
  );

  test('aborts an enrichment whose time is up before the three seconds are', async () => {
    const { feed, harness } = await start(() => 'hang', { enrichWithinMs: 5_000 });
    const stop = new AbortController();
    const delivering = harness.deliver(notes(1), { signal: stop.signal });
    await passWhile({ feed, harness }, 1, 4_000);
    stop.abort();
    await harness.clock.advance(1_000);
    expect(await delivering).toMatchObject({ posted: 0, failed: 0 });
    expect(feed.signals.map(({ aborted }) => aborted)).toEqual([true]);
  });

  test.each(['the start of an attempt', 'a look at the budget'])('during %s begins no enrichment', async (step) => {
    const enrichmentBudget = { requests: 2 };
    const { feed, harness } = await start(() => 0, { enrichmentBudget });
    const stop = new AbortController();
    const { ledger, spending } = harness.store;
    const [begin, today] = [ledger.begin.bind(ledger), spending.today.bind(spending)];
    const isAtStart = step === 'the start of an attempt';
    const stopping = isAtStart
      ? vi.spyOn(ledger, 'begin').mockImplementationOnce((...args) => (stop.abort(), begin(...args)))
      : vi.spyOn(spending, 'today').mockImplementationOnce((...args) => (stop.abort(), today(...args)));
    expect(await harness.deliver(notes(2), { signal: stop.signal })).toMatchObject({ posted: 0, failed: 0 });
    expect(stopping).toHaveBeenCalled();
    expect(feed.signals).toEqual([]);
    expect((await harness.store.ledger.find('n1'))?.attempts).toBe(0);
    expect(await harness.deliver([])).toMatchObject({ posted: 2, enriched: 2 });
    expect(await harness.store.spending.today('notes')).toMatchObject({ requests: 2, enrichments: 2 });
  });
});

test('what JSON cannot hold is no enrichment', async () => {
  const { feed, harness } = await start(() => 0);
  feed.summarize = async () => ({ summary: 'big', size: 1n });
  expect(await harness.deliver(notes(1))).toMatchObject({ posted: 1, enriched: 0 });
  expect(harness.texts()).toEqual(plain('n1'));
  expect(harness.logger.of('feed_item_plain')).toMatchObject([
    { level: 'warn', fields: { feed: 'notes', id: 'n1', reason: expect.stringContaining('JSON cannot hold') } },
  ]);
});

test('an enrichment that throws before it returns a promise is one that failed', async () => {
  const { feed, harness } = await start(() => 0);
  feed.enrich = () => {
    throw new TypeError('no such function');
  };
  expect(await harness.deliver(notes(1))).toMatchObject({ posted: 1, failed: 0 });
  expect(harness.texts()).toEqual(plain('n1'));
});
