import { describe, expect, test } from 'vitest';

import { createsMessage, failNext, ids, type Fault } from '../../local/discord/index.ts';
import { DeliveryHarness } from '../support/delivery-harness.ts';
import { NoteFeed, notes, type Note, type Summary } from '../support/notes.ts';

/** Enrichments that end when a test says so: `gate(id)` holds one back until `open(id)`. */
class GatedFeed extends NoteFeed {
  readonly #gates = new Map<string, PromiseWithResolvers<void>>();

  gate(...names: string[]): this {
    for (const name of names) this.#gates.set(name, Promise.withResolvers());
    return this;
  }

  open(name: string): void {
    this.#gates.get(name)?.resolve();
  }

  override async summarize(note: Note, signal: AbortSignal): Promise<Summary> {
    const aborted = new Promise<never>((_resolve, reject) => {
      signal.addEventListener('abort', () => reject(new Error('aborted')));
    });
    await Promise.race([this.#gates.get(note.id)?.promise, aborted]);
    return super.summarize(note, signal);
  }
}

const namesIn = (harness: DeliveryHarness, channelId?: string): string[] =>
  harness.texts(channelId).map((text) => text.split(':')[0] ?? '');

const names = (items: readonly Note[]): string[] => items.map(({ id }) => id);

const inChannel = (channelId: string, count: number, prefix: string): Note[] =>
  notes(count, prefix, { channels: [channelId] });

const status = (code: number, body: unknown = ''): Fault => ({ kind: 'status', status: code, body: body as string });

/** Resolves once so many items wait for those before them. Their waits began with this length. */
async function whenWaiting(harness: DeliveryHarness, count: number, ms = 30_000): Promise<void> {
  const waits = (): number => harness.clock.sleeping.filter((length) => length === ms).length;
  await expect.poll(waits, { timeout: 10_000 }).toBe(count);
}

describe('the posts of a batch', () => {
  test('posts keep the order of the batch although the enrichments end in the opposite order', async () => {
    const feed = new GatedFeed().gate('n1', 'n2', 'n3', 'n4');
    const harness = await DeliveryHarness.start({ feed, delivery: { maxConcurrent: 4 } });
    const delivering = harness.deliver(notes(4));
    for (const [waiting, name] of ['n4', 'n3', 'n2', 'n1'].entries()) {
      await whenWaiting(harness, waiting);
      feed.open(name);
    }
    expect(await delivering).toMatchObject({ posted: 4 });
    expect(namesIn(harness)).toEqual(['n1', 'n2', 'n3', 'n4']);
  });

  test('an item that waits for a slow one does not keep others from being enriched', async () => {
    const feed = new GatedFeed().gate('n1');
    const harness = await DeliveryHarness.start({ feed, delivery: { maxConcurrent: 2 } });
    const delivering = harness.deliver(notes(9));
    await whenWaiting(harness, 8);
    expect(feed.enriched).toEqual(names(notes(9)));
    expect(harness.creations()).toEqual([]);
    feed.open('n1');
    await delivering;
    expect(namesIn(harness)).toEqual(names(notes(9)));
  });

  test.for<[string, number | undefined, number]>([
    ['half a minute by default', undefined, 30_000],
    ['as long as the option says', 5_000, 5_000],
  ])('a slow item delays those behind it for %s, and itself comes later', async ([, orderWaitMs, bound]) => {
    const feed = new GatedFeed().gate('n1');
    const harness = await DeliveryHarness.start({ feed, delivery: { orderWaitMs } });
    const delivering = harness.deliver(notes(6));
    await whenWaiting(harness, 5, bound);
    await harness.clock.advance(bound - 1);
    expect(namesIn(harness)).toEqual([]);
    await harness.clock.advance(1);
    await harness.discord.waitForMessages(ids.announcements, 5);
    expect(namesIn(harness)).toEqual(['n2', 'n3', 'n4', 'n5', 'n6']);
    feed.open('n1');
    expect(await delivering).toMatchObject({ posted: 6 });
    expect(namesIn(harness).at(-1)).toBe('n1');
  });

  test('the wait counts from the moment at which the successor itself was ready', async () => {
    const feed = new GatedFeed().gate('n1', 'n3');
    const harness = await DeliveryHarness.start({ feed });
    const delivering = harness.deliver(notes(3));
    await whenWaiting(harness, 1);
    await harness.clock.advance(20_000);
    feed.open('n3');
    await whenWaiting(harness, 2);
    await harness.clock.advance(10_000);
    await harness.discord.waitForMessages(ids.announcements, 1);
    expect(namesIn(harness)).toEqual(['n2']);
    await harness.clock.advance(19_000);
    feed.open('n1');
    await delivering;
    expect(namesIn(harness)).toEqual(['n2', 'n1', 'n3']);
  });

  test('with orderWaitMs: 0 nothing waits', async () => {
    const feed = new GatedFeed().gate('n1');
    const harness = await DeliveryHarness.start({ feed, delivery: { orderWaitMs: 0 } });
    const delivering = harness.deliver(notes(3));
    await harness.discord.waitForMessages(ids.announcements, 2);
    feed.open('n1');
    await delivering;
    expect(namesIn(harness).at(-1)).toBe('n1');
  });

  test('a slow item of one channel delays no other channel', async () => {
    const feed = new GatedFeed().gate('a1');
    const harness = await DeliveryHarness.start({ feed });
    const delivering = harness.deliver([...inChannel(ids.announcements, 2, 'a'), ...inChannel(ids.general, 4, 'g')]);
    await harness.discord.waitForMessages(ids.general, 4);
    expect(namesIn(harness)).toEqual([]);
    feed.open('a1');
    await delivering;
    expect(namesIn(harness)).toEqual(['a1', 'a2']);
  });

  test.for<[string, Partial<NoteFeed>]>([
    [
      'that has no message',
      { message: ({ id }, enriched) => ({ content: id === 'n1' ? '' : `${id}: ${enriched?.summary ?? ''}` }) },
    ],
    ['without channels', { channels: ({ id }) => (id === 'n1' ? [] : [ids.announcements]) }],
  ])('an item %s holds up none of its successors', async ([, part]) => {
    const harness = await DeliveryHarness.start({ feed: Object.assign(new NoteFeed(), part) });
    await harness.deliver(notes(4));
    expect(namesIn(harness)).toEqual(['n2', 'n3', 'n4']);
  });

  test('a request that is under way is waited for, however long it takes: those behind it do not overtake it', async () => {
    const harness = await DeliveryHarness.start({ delivery: { orderWaitMs: 1_000 } });
    harness.discord.faults = failNext(1, { kind: 'timeout', applied: false }, createsMessage(ids.announcements));
    const delivering = harness.deliver(notes(3));
    await harness.discord.waitUntil('the request', () => harness.creations().length > 0);
    await whenWaiting(harness, 1, 45_000);
    await harness.clock.advance(44_000);
    expect(harness.creations()).toHaveLength(1);
    await harness.clock.advance(1_000);
    await delivering;
    await deliverUntilPosted(harness, 3);
    expect(namesIn(harness)).toEqual(['n1', 'n2', 'n3']);
  });
});

describe('the end of a wait', () => {
  test('a stop ends the wait at once, gives back what waits uncounted, and keeps what was paid for', async () => {
    const feed = new GatedFeed().gate('n1');
    const harness = await DeliveryHarness.start({ feed });
    const stop = new AbortController();
    const delivering = harness.deliver(notes(5), { signal: stop.signal });
    await whenWaiting(harness, 4);
    stop.abort();
    await harness.clock.whenSleeping(3_000);
    await harness.clock.advance(3_000);
    expect(await delivering).toMatchObject({ posted: 0, failed: 0 });
    expect(harness.creations()).toEqual([]);
    expect(await harness.store.ledger.find('n5')).toMatchObject({ attempts: 0, retryAt: null });
    feed.open('n1');
    await harness.restart();
    await harness.deliver([]);
    expect(namesIn(harness)).toEqual(names(notes(5)));
    expect(feed.enriched.toSorted()).toEqual(['n1', ...names(notes(5))]);
  });

  test('a lease that is lost ends the wait at once', async () => {
    const feed = new GatedFeed().gate('n1');
    const harness = await DeliveryHarness.start({ feed, delivery: { orderWaitMs: 600_000 } });
    const delivering = harness.deliver(notes(2));
    await whenWaiting(harness, 1, 600_000);
    const { store } = harness;
    const renew = store.renew.bind(store);
    store.renew = async (claims, options) => {
      const lost = claims.filter(({ id }) => id === 'n2');
      await store.release(lost);
      return renew(claims, options);
    };
    await harness.clock.whenSleeping(20_000);
    await harness.clock.advance(20_000);
    await expect.poll(() => harness.logger.of('feed_claim_lost')).toHaveLength(1);
    expect(harness.logger.of('feed_claim_lost')).toMatchObject([{ fields: { id: 'n2' } }]);
    feed.open('n1');
    expect(await delivering).toMatchObject({ posted: 1 });
  });
});

/** Runs cycles without news until so many messages are there. */
async function deliverUntilPosted(harness: DeliveryHarness, count: number, channelId?: string): Promise<void> {
  for (let cycle = 0; cycle < 200 && harness.texts(channelId).length < count; cycle += 1) {
    await harness.clock.advance(60_000);
    await harness.deliver([]);
  }
}

describe('a channel in trouble', () => {
  test.for<[string, Fault]>([
    ['a failing server', status(503)],
    ['a lost permission', status(403, { code: 50_013, message: 'Missing Permissions' })],
  ])('%s: nothing overtakes the item that met it, neither in its batch nor later', async ([, fault]) => {
    const harness = await DeliveryHarness.start();
    harness.discord.faults = (request) => (createsMessage(ids.announcements)(request) ? fault : undefined);
    await harness.deliver(notes(4, 'a'));
    harness.discord.faults = undefined;
    await harness.deliver(notes(4, 'b'));
    await harness.clock.advance(11_000);
    await harness.deliver(notes(4, 'c'));
    await deliverUntilPosted(harness, 12);
    expect(namesIn(harness)).toEqual(names([...notes(4, 'a'), ...notes(4, 'b'), ...notes(4, 'c')]));
  });

  test('an item that failed again and again lets a single other one try first, whichever of them is to blame', async () => {
    const harness = await DeliveryHarness.start();
    harness.discord.denyChannel(ids.announcements);
    const items = notes(6);
    await harness.deliver(items);
    for (let hour = 0; hour < 4; hour += 1) {
      await harness.clock.advance(3_600_000);
      await harness.deliver([]);
    }
    expect(harness.creations()).toHaveLength(5);
    harness.discord.allowChannel(ids.announcements);
    await deliverUntilPosted(harness, 6);
    expect(namesIn(harness)).toEqual(['n2', 'n1', 'n3', 'n4', 'n5', 'n6']);
  });

  test('a pause that ends in the middle of a batch lets none of its items overtake', async () => {
    const feed = new GatedFeed();
    const harness = await DeliveryHarness.start({ feed, delivery: { orderWaitMs: 600_000 } });
    harness.discord.faults = failNext(1, status(503), createsMessage(ids.announcements));
    await harness.restart({}, { retries: 0 });
    await harness.deliver(notes(3, 'a'));
    feed.gate('b1');
    const both = [ids.announcements, ids.general];
    const delivering = harness.deliver([
      { id: 'b1', channels: both },
      { id: 'b2', channels: both },
    ]);
    await expect.poll(() => harness.feed.enriched).toContain('b1');
    await harness.clock.advance(60_000);
    feed.open('b1');
    await delivering;
    await deliverUntilPosted(harness, 5);
    expect(namesIn(harness)).toEqual(['a1', 'a2', 'a3', 'b1', 'b2']);
    expect(namesIn(harness, ids.general)).toEqual(['b1', 'b2']);
  });

  test('hundreds that waited for a channel go out in order, although items of another channel are posted meanwhile', async () => {
    const harness = await DeliveryHarness.start({ delivery: { flood: { share: 1, minimum: 1_000 } } });
    harness.discord.denyChannel(ids.announcements);
    const expected: string[] = [];
    for (let cycle = 0; cycle < 6; cycle += 1) {
      const waiting = inChannel(ids.announcements, 40, `w${cycle}-`);
      expected.push(...names(waiting));
      await harness.deliver([...waiting, ...inChannel(ids.general, 2, `g${cycle}-`)]);
      await harness.clock.advance(cycle % 2 === 0 ? 15_000 : 50_000);
    }
    expect(harness.texts(ids.general)).toHaveLength(12);
    harness.discord.allowChannel(ids.announcements);
    await deliverUntilPosted(harness, expected.length);
    expect(namesIn(harness)).toEqual(expected);
  }, 60_000);

  test('a restart in the middle of an outage lets nothing overtake', async () => {
    const harness = await DeliveryHarness.start();
    harness.discord.denyChannel(ids.announcements);
    await harness.deliver(notes(3, 'z'));
    await harness.clock.advance(60_000);
    await harness.deliver(notes(3, 'y'));
    harness.discord.allowChannel(ids.announcements);
    await harness.restart();
    await harness.deliver(notes(3, 'x'));
    await deliverUntilPosted(harness, 9);
    expect(namesIn(harness)).toEqual(names([...notes(3, 'z'), ...notes(3, 'y'), ...notes(3, 'x')]));
  });

  test('while one item tries a channel that failed, nothing is paid for those behind it', async () => {
    const harness = await DeliveryHarness.start();
    harness.discord.denyChannel(ids.announcements);
    for (let cycle = 0; cycle < 12; cycle += 1) {
      await harness.deliver(notes(2, `c${cycle}-`));
      await harness.clock.advance(600_000);
    }
    expect(harness.feed.enriched.length).toBeLessThanOrEqual(3);
  });
});
