import { describe, expect, onTestFinished, test } from 'vitest';

import { openSeenStore, type SeenStore } from '../../src/store/index.ts';
import { createsMessage, failNext, ids } from '../../local/discord/index.ts';
import { DeliveryHarness } from '../support/delivery-harness.ts';
import { NoteFeed, notes, type Note, type Summary } from '../support/notes.ts';

/** Enrichment that ends when the test says so, or its signal does. */
class GatedFeed extends NoteFeed {
  readonly signals: AbortSignal[] = [];
  readonly #open = Promise.withResolvers<void>();
  #began = Promise.withResolvers<void>();

  get began(): Promise<void> {
    return this.#began.promise;
  }

  open(): void {
    this.#open.resolve();
  }

  override async summarize(note: Note, signal: AbortSignal): Promise<Summary> {
    this.signals.push(signal);
    this.#began.resolve();
    const aborted = new Promise<never>((_resolve, reject) => {
      signal.addEventListener('abort', () => reject(new Error('aborted')));
    });
    await Promise.race([this.#open.promise, aborted]);
    return super.summarize(note, signal);
  }
}

/** Another process's view of the file. With its clock ahead, leases have run out that are alive here. */
async function another(harness: DeliveryHarness, aheadMs = 0): Promise<SeenStore> {
  const now = (): number => harness.clock.now() + aheadMs;
  const store = await openSeenStore({ path: harness.path, clock: { now, sleep: () => Promise.resolve() } });
  onTestFinished(() => store.close());
  return store;
}

/** A third of a lease passes, and the renewal that is due then is over. */
async function letRenew({ clock }: DeliveryHarness): Promise<void> {
  await clock.whenSleeping(20_000);
  await clock.advance(20_000);
  await clock.whenSleeping(20_000);
}

const claimAll = (store: SeenStore) => store.claimWaiting({ feed: 'notes' });

describe('a slow enrichment', () => {
  test('during a slow enrichment the leases of all items of the batch are renewed', async () => {
    const feed = new GatedFeed();
    const harness = await DeliveryHarness.start({ feed, delivery: { maxConcurrent: 1, enrichWithinMs: Infinity } });
    const other = await another(harness);
    const delivering = harness.deliver(notes(3));
    await feed.began;
    for (let renewal = 0; renewal < 15; renewal += 1) {
      await letRenew(harness);
      expect(await claimAll(other)).toEqual([]);
    }
    feed.open();
    expect(await delivering).toMatchObject({ posted: 3 });
    expect(harness.clock.sleeping).not.toContain(20_000);
  });

  test('the lease of an item that was posted is no longer renewed', async () => {
    class HalfGatedFeed extends GatedFeed {
      override async summarize(note: Note, signal: AbortSignal): Promise<Summary> {
        return note.id === 'n1' ? super.summarize(note, signal) : { summary: 'at once' };
      }
    }
    const feed = new HalfGatedFeed();
    const harness = await DeliveryHarness.start({ feed, delivery: { orderWaitMs: 0 } });
    const { store } = harness;
    const renewed: string[][] = [];
    const renew = store.renew.bind(store);
    store.renew = (claims, options) => {
      renewed.push(claims.map(({ id }) => id));
      return renew(claims, options);
    };
    const settled: string[] = [];
    harness.watchSteps(({ step, id }) => void (step === 'settled' && settled.push(id)));
    const delivering = harness.deliver(notes(3));
    while (settled.length < 2) await new Promise(setImmediate);
    await letRenew(harness);
    expect(renewed).toEqual([['n1']]);
    feed.open();
    expect(await delivering).toMatchObject({ posted: 3 });
  });

  test('an enrichment whose claim passed to another owner is aborted and posts nothing, and the others go on', async () => {
    const feed = new GatedFeed();
    const harness = await DeliveryHarness.start({ feed });
    const other = await another(harness, 120_000);
    const delivering = harness.deliver(notes(2));
    await feed.began;
    expect(await other.claim(['n1'], { feed: 'notes' })).toMatchObject([{ id: 'n1', attempt: 2 }]);
    await letRenew(harness);
    expect(feed.signals.map(({ aborted }) => aborted)).toEqual([true, false]);
    feed.open();
    expect(await delivering).toMatchObject({ posted: 1, failed: 0 });
    expect(harness.texts()).toEqual(['n2: about n2']);
    expect(harness.logger.of('feed_claim_lost')).toMatchObject([{ fields: { id: 'n1' } }]);
    expect(harness.logger.of('feed_lease_renewal_failed')).toEqual([]);
  });

  test('an enrichment that ignores its signal posts nothing once its claim has passed to another owner', async () => {
    const gate = Promise.withResolvers<void>();
    const began = Promise.withResolvers<void>();
    class DeafFeed extends NoteFeed {
      override async summarize(note: Note, signal: AbortSignal) {
        began.resolve();
        await gate.promise;
        return super.summarize(note, signal);
      }
    }
    const harness = await DeliveryHarness.start({ feed: new DeafFeed() });
    const other = await another(harness, 120_000);
    const delivering = harness.deliver(notes(1));
    await began.promise;
    expect(await claimAll(other)).toHaveLength(1);
    gate.resolve();
    expect(await delivering).toMatchObject({ posted: 0, failed: 0 });
    expect(harness.creations()).toEqual([]);
  });
});

test('an item whose claim is lost between the intent and the answer is posted once', async () => {
  const harness = await DeliveryHarness.start();
  const other = await another(harness, 120_000);
  harness.discord.faults = failNext(1, { kind: 'timeout', applied: true }, createsMessage(ids.announcements));
  const delivering = harness.deliver(notes(1));
  await harness.discord.waitUntil('the request', () => harness.creations().length > 0);
  const claims = await claimAll(other);
  expect(claims).toMatchObject([{ id: 'n1', posts: [{ state: 'open' }] }]);
  await harness.clock.advance(45_000);
  expect(await delivering).toMatchObject({ posted: 0, failed: 0 });
  expect(harness.logger.of('feed_claim_lost')).toHaveLength(1);
  await other.release(claims);
  await harness.restart();
  expect(await harness.deliver([])).toMatchObject({ posted: 1 });
  expect(harness.texts()).toEqual(['n1: about n1']);
});

describe('a shutdown', () => {
  test('a shutdown finishes the posts under way, and gives back uncounted what has not begun', async () => {
    const harness = await DeliveryHarness.start({ delivery: { maxConcurrent: 2 } });
    const stop = new AbortController();
    harness.discord.faults = () => {
      stop.abort();
      return undefined;
    };
    expect(await harness.deliver(notes(9), { signal: stop.signal })).toMatchObject({ posted: 2, failed: 0 });
    expect(harness.texts()).toHaveLength(2);
    expect(await harness.store.ledger.counts()).toEqual({ waiting: 7, active: 0, failed: 0 });
    expect(await harness.store.ledger.find('n9')).toMatchObject({ attempts: 0, lastError: null, retryAt: null });
    await harness.restart();
    expect(await harness.deliver([])).toMatchObject({ posted: 7 });
  });

  test('a shutdown lets an enrichment under way end, which is posted and not paid for again', async () => {
    const feed = new GatedFeed();
    const harness = await DeliveryHarness.start({ feed, delivery: { maxConcurrent: 1 } });
    const stop = new AbortController();
    const delivering = harness.deliver(notes(2), { signal: stop.signal });
    await feed.began;
    stop.abort();
    await harness.clock.whenSleeping(3_000);
    await harness.clock.advance(2_999);
    feed.open();
    expect(await delivering).toMatchObject({ posted: 1, failed: 0, enriched: 1 });
    expect(harness.texts()).toEqual(['n1: about n1']);
    expect(feed.signals.map(({ aborted }) => aborted)).toEqual([false]);
    await harness.restart();
    await harness.deliver(notes(2));
    expect(feed.enriched).toEqual(['n1', 'n2']);
  });

  test('a shutdown aborts an enrichment that does not end within three seconds, which costs no attempt', async () => {
    const feed = new GatedFeed();
    const harness = await DeliveryHarness.start({ feed });
    const stop = new AbortController();
    const delivering = harness.deliver(notes(1), { signal: stop.signal });
    await feed.began;
    stop.abort();
    await harness.clock.whenSleeping(3_000);
    await harness.clock.advance(3_000);
    expect(await delivering).toMatchObject({ posted: 0, failed: 0, enriched: 0 });
    expect(await harness.store.ledger.find('n1')).toMatchObject({ attempts: 0, owner: null });
  });

  test('a finished cycle leaves no timer behind', async () => {
    const harness = await DeliveryHarness.start();
    await harness.deliver(notes(3));
    expect(harness.clock.sleeping.filter((ms) => ms < 3_600_000)).toEqual([]);
    expect(harness.discord.requests.filter(createsMessage(ids.announcements))).toHaveLength(3);
  });
});
