import { REST } from 'discord.js';
import { expect, onTestFinished, test, vi } from 'vitest';

import type { DeliveryOptions } from '../../src/feed/options.ts';
import { Delivery } from '../../src/feed/pipeline.ts';
import { openSeenStore, SeenStoreError, type SeenStore } from '../../src/store/index.ts';
import { ids } from '../../local/discord/index.ts';
import { DeliveryHarness } from '../support/delivery-harness.ts';
import { NoteFeed, notes, type Note, type Summary } from '../support/notes.ts';

/** A feed whose first item takes until the test says so. */
class SlowFeed extends NoteFeed {
  readonly gate = Promise.withResolvers<void>();
  readonly began = Promise.withResolvers<void>();

  override async summarize(note: Note, signal: AbortSignal): Promise<Summary> {
    if (note.id === 'n1') {
      this.began.resolve();
      await this.gate.promise;
    }
    return super.summarize(note, signal);
  }
}

interface Second {
  readonly store: SeenStore;
  readonly delivery: Delivery<Note, Summary>;
}

/** A second process on the same file: a store, a REST client and a delivery of its own. */
async function secondProcess(harness: DeliveryHarness, options: DeliveryOptions = {}): Promise<Second> {
  const { clock, logger, path, discord } = harness;
  const store = await openSeenStore({ path, clock, logger });
  onTestFinished(() => store.close());
  const rest = new REST({ api: discord.api, version: '10', offset: 0 }).setToken(discord.token);
  const feed = new NoteFeed();
  return {
    store,
    delivery: new Delivery({ feed, store, rest, clock, logger, options: { firstRun: 'post', ...options } }),
  };
}

const run = (delivery: Delivery<Note, Summary>, items: readonly Note[], signal = new AbortController().signal) =>
  delivery.run({ items, complete: true }, signal);

/** The first process works on `n1`, the second one has `n2`, which comes after it. */
async function start(options: DeliveryOptions = {}): Promise<{
  readonly harness: DeliveryHarness;
  readonly feed: SlowFeed;
  readonly first: Promise<unknown>;
  readonly second: Second;
}> {
  const feed = new SlowFeed();
  const harness = await DeliveryHarness.start({ feed });
  const second = await secondProcess(harness, options);
  const first = harness.deliver(notes(1));
  await feed.began.promise;
  return { harness, feed, first, second };
}

/** Resolves once the second process has looked and waits for its next look. */
async function whenPolling({ clock }: DeliveryHarness): Promise<void> {
  await expect.poll(() => clock.sleeping.some((ms) => ms <= 250), { timeout: 10_000 }).toBe(true);
}

test('a process does not post an item while another one still works on an item before it', async () => {
  const { harness, feed, first, second } = await start();
  const delivering = run(second.delivery, notes(3));
  await whenPolling(harness);
  for (let look = 0; look < 8; look += 1) {
    await harness.clock.advance(250);
    await whenPolling(harness);
  }
  expect(harness.creations()).toEqual([]);
  feed.gate.resolve();
  await first;
  await harness.clock.advance(250);
  await delivering;
  expect(harness.texts()).toEqual(['n1: about n1', 'n2: about n2', 'n3: about n3']);
});

test('the wait for another process ends with orderWaitMs', async () => {
  const { harness, feed, first, second } = await start({ orderWaitMs: 600 });
  const delivering = run(second.delivery, [{ id: 'n2' }]);
  for (const [ms, posts] of [
    [250, 0],
    [250, 0],
    [100, 1],
  ] as const) {
    await whenPolling(harness);
    await harness.clock.advance(ms);
    if (posts > 0) await delivering;
    expect(harness.texts()).toHaveLength(posts);
  }
  feed.gate.resolve();
  await first;
});

test('a stop ends the wait for another process at once, and gives the item back uncounted', async () => {
  const { harness, feed, first, second } = await start();
  const stop = new AbortController();
  const delivering = run(second.delivery, [{ id: 'n2' }], stop.signal);
  await whenPolling(harness);
  stop.abort();
  expect(await delivering).toMatchObject({ posted: 0, failed: 0 });
  expect(await second.store.ledger.find('n2')).toMatchObject({ attempts: 0, owner: null, retryAt: null });
  feed.gate.resolve();
  await first;
});

test('an item of another process that waits for its retry is no reason to wait', async () => {
  const harness = await DeliveryHarness.start();
  const { delivery } = await secondProcess(harness);
  const retryAt = new Date(harness.clock.now() + 3_600_000);
  await harness.store.release(await harness.store.claim(['n1'], { feed: 'notes' }), { error: 'bad luck', retryAt });
  await run(delivery, [{ id: 'n2' }]);
  expect(harness.texts()).toEqual(['n2: about n2']);
});

test.for<[string, DeliveryOptions, readonly Note[]]>([
  ['one post', {}, notes(1, 'x')],
  ['three posts', {}, notes(3, 'x')],
  ['no item that is posted nowhere', {}, [{ id: 'x1', channels: [] }]],
  ['no post with orderWaitMs: 0', { orderWaitMs: 0 }, notes(3, 'x')],
])('a look at the other processes is made once for each of %s', async ([what, options, items]) => {
  const harness = await DeliveryHarness.start();
  const { store, delivery } = await secondProcess(harness, options);
  let looks = 0;
  const look = store.isBehindOtherOwner.bind(store);
  store.isBehindOtherOwner = (claim) => {
    looks += 1;
    return look(claim);
  };
  await run(delivery, items);
  expect(looks).toBe(what.startsWith('no') ? 0 : items.length);
});

test('a store that cannot tell is no reason to wait', async () => {
  const harness = await DeliveryHarness.start();
  const { store, delivery } = await secondProcess(harness);
  store.isBehindOtherOwner = () => Promise.reject(new SeenStoreError('isBehindOtherOwner', 'disk I/O error'));
  await run(delivery, notes(2));
  expect(harness.texts()).toHaveLength(2);
  expect(harness.logger.of('feed_store_unavailable')).toHaveLength(1);
});

test('two processes that share what an outage left post all of it in order', async () => {
  const harness = await DeliveryHarness.start({ delivery: { flood: { share: 1, minimum: 1_000 } } });
  const second = await secondProcess(harness);
  harness.discord.denyChannel(ids.announcements);
  for (let cycle = 0; cycle < 4; cycle += 1) {
    await harness.deliver(notes(10, `a${cycle}-`));
    await run(second.delivery, notes(10, `b${cycle}-`));
    await harness.clock.advance(10_000);
  }
  harness.discord.allowChannel(ids.announcements);
  for (let cycle = 0; cycle < 30 && harness.texts().length < 80; cycle += 1) {
    await harness.clock.advance(60_000);
    let isOver = false;
    const both = Promise.all([harness.deliver([]), run(second.delivery, [])]).finally(() => (isOver = true));
    // A look's time at once, and none while a thread or a socket has work: the order is waited for in looks.
    const look = async (): Promise<boolean> => {
      if (!isOver) await harness.clock.advance(250);
      return isOver;
    };
    await vi.waitUntil(look, { interval: 2, timeout: 30_000 });
    await both;
  }
  const batches = [0, 1, 2, 3].flatMap((cycle) => [`a${cycle}-`, `b${cycle}-`]);
  const expected = batches.flatMap((prefix) => notes(10, prefix));
  expect(harness.texts().map((text) => text.split(':')[0])).toEqual(expected.map(({ id }) => id));
});
