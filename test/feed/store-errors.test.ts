import BetterSqlite3 from 'better-sqlite3';
import { describe, expect, test } from 'vitest';

import type { Cycle } from '../../src/store/index.ts';
import { createsMessage, ids } from '../../local/discord/index.ts';
import { DeliveryHarness } from '../support/delivery-harness.ts';
import { NoteFeed, notes, type Note, type Summary } from '../support/notes.ts';
import { LATER_MS } from '../support/times.ts';
import { holdWriteLock } from '../support/write-lock.ts';

const BUSY_TIMEOUT_MS = 60;
const both = { channels: [ids.announcements, ids.general] };
const listed = notes(3);
const news = [...listed, { id: 'new' }];

/** A feed whose first run is over, so that the process knows what is listed. */
async function startKnowing(
  onStoreError: 'deliver' | 'hold' = 'deliver',
  feed = new NoteFeed(),
): Promise<DeliveryHarness> {
  const store = { busyTimeoutMs: BUSY_TIMEOUT_MS };
  const harness = await DeliveryHarness.start({ feed, store, delivery: { firstRun: 'mark', onStoreError } });
  await harness.deliver(listed);
  return harness;
}

/** Takes a table away from under the store, as a damaged file would. Call the result to put it back. */
function takeAway(harness: DeliveryHarness, ...tables: string[]): () => void {
  const db = new BetterSqlite3(harness.path);
  for (const table of tables) db.exec(`ALTER TABLE ${table} RENAME TO ${table}_away`);
  return () => {
    for (const table of tables) db.exec(`ALTER TABLE ${table}_away RENAME TO ${table}`);
    db.close();
  };
}

/** Delivers while writes wait for a lock, skipping the waits. */
const deliverLocked = (harness: DeliveryHarness, items: readonly Note[]): Promise<Cycle> =>
  harness.clock.drive(harness.deliver(items), { upTo: 25 });

const complaints = (harness: DeliveryHarness) => harness.logger.of('feed_store_unavailable');

describe('onStoreError: deliver', () => {
  test('under another process’s lock, new items are posted once, with one log line in all, and marked later', async () => {
    const harness = await startKnowing();
    const unlock = await holdWriteLock(harness.path);
    expect(await deliverLocked(harness, [...news, ...notes(4, 'more')])).toMatchObject({
      posted: 5,
      skipped: 3,
      enriched: 5,
    });
    expect(complaints(harness)).toMatchObject([
      { level: 'error', fields: { feed: 'notes', on_store_error: 'deliver' } },
    ]);
    expect(await deliverLocked(harness, news)).toMatchObject({ posted: 0, skipped: 4 });
    expect(harness.logger.of('feed_store_available')).toEqual([]);
    await unlock();
    expect(await harness.deliver(news)).toMatchObject({ posted: 0, skipped: 4 });
    expect(complaints(harness)).toHaveLength(1);
    expect(harness.logger.of('feed_store_available')).toMatchObject([{ level: 'info', fields: { feed: 'notes' } }]);
    expect(await harness.store.filterUnseen(['new', 'more1', 'more4'])).toEqual([]);
    await harness.restart();
    expect(await harness.deliver(news)).toMatchObject({ posted: 0 });
    expect(harness.texts()).toHaveLength(5);
  });

  test('while the store cannot be read, new items are posted once, and marked later', async () => {
    const harness = await startKnowing();
    const putBack = takeAway(harness, 'seen');
    expect(await harness.deliver(news)).toMatchObject({ posted: 1 });
    expect(await harness.deliver(news)).toMatchObject({ posted: 0 });
    expect(complaints(harness)).toHaveLength(1);
    expect(harness.logger.of('mark_seen_error')).toEqual([]);
    putBack();
    expect(await harness.deliver(news)).toMatchObject({ skipped: 4 });
    expect(harness.texts()).toEqual(['new: about new']);
  });

  test('an enrichment that the store did not keep at first is kept before the post, for a later process to find it', async () => {
    const harness = await startKnowing();
    const db = new BetterSqlite3(harness.path);
    db.exec(`CREATE TRIGGER no_enrichment BEFORE UPDATE OF enrichment ON seen_item WHEN NEW.enrichment IS NOT NULL
      BEGIN SELECT RAISE(ABORT, 'disk full'); END`);
    harness.watchSteps(({ step }) => {
      if (step === 'enriched') db.exec('DROP TRIGGER IF EXISTS no_enrichment');
    });
    let atPost: unknown;
    harness.discord.faults = (request) => {
      if (!createsMessage(ids.announcements)(request)) return undefined;
      atPost ??= db.prepare(`SELECT enrichment FROM seen_item WHERE enrichment IS NOT NULL`).pluck().get();
      harness.crash();
      return { kind: 'disconnect', applied: true };
    };
    await harness.deliver(news).catch(() => undefined);
    harness.discord.faults = undefined;
    expect(atPost).toContain('about new');
    expect(complaints(harness)).not.toEqual([]);
    await harness.restartAfterLease();
    await harness.deliver(news);
    db.close();
    expect(harness.texts()).toEqual(['new: about new']);
    expect(harness.feed.enriched).toEqual(['new']);
  });

  test('before the store has ever answered, nothing is posted, and nothing is lost', async () => {
    const harness = await startKnowing();
    await harness.restart();
    const putBack = takeAway(harness, 'seen');
    expect(await harness.deliver(news)).toMatchObject({ posted: 0, enriched: 0 });
    putBack();
    expect(await harness.deliver(listed)).toMatchObject({ posted: 1 });
    expect(harness.texts()).toEqual(['new: about new']);
  });

  test('a first run that still waits for a complete batch does not count as an answer', async () => {
    const harness = await DeliveryHarness.start({ delivery: { firstRun: 'mark' } });
    await harness.deliver(notes(1), { complete: false });
    const putBack = takeAway(harness, 'seen');
    expect(await harness.deliver(notes(10))).toMatchObject({ posted: 0 });
    putBack();
    expect(await harness.deliver(notes(10))).toMatchObject({ posted: 0, marked: 10 });
  });

  test('a flood is kept back while the store fails, and held by the flood breaker once the store is back', async () => {
    const harness = await startKnowing();
    const putBack = takeAway(harness, 'seen');
    expect(await harness.deliver([...listed, ...notes(60, 'flood')])).toMatchObject({ posted: 0 });
    putBack();
    expect(await harness.deliver(listed)).toMatchObject({ posted: 0, held: 60 });
  });

  test.each([
    ['its outcome', ['seen_item']],
    ['its post', ['seen_post']],
    ['anything after the request', ['seen', 'seen_item', 'seen_post']],
  ])('a store that does not keep %s neither repeats the post nor forgets it', async (_what, tables) => {
    const harness = await startKnowing();
    const broken: (() => void)[] = [];
    harness.discord.faults = () => {
      if (broken.length === 0) broken.push(takeAway(harness, ...tables));
      return undefined;
    };
    await harness.deliver(news);
    expect(complaints(harness)).toHaveLength(1);
    broken[0]?.();
    await harness.deliver(news);
    expect(await harness.store.isSeen('new')).toBe(true);
    await harness.clock.advance(LATER_MS);
    await harness.deliver(news);
    expect(harness.texts()).toEqual(['new: about new']);
    expect(harness.creations()).toHaveLength(1);
  });

  describe('an item that gets into one channel of two', () => {
    /** Broken tables, and a channel that takes no posts. */
    async function startHalf(tables: readonly string[]) {
      const harness = await startKnowing();
      harness.discord.denyChannel(ids.general);
      const putBack = takeAway(harness, ...tables);
      expect(await harness.deliver([...listed, { id: 'new', ...both }])).toMatchObject({ posted: 1, enriched: 1 });
      expect(harness.texts()).toEqual(['new: about new']);
      return { harness, putBack };
    }

    test('while the store is down, an item posted in one channel of two is neither repeated there nor enriched again', async () => {
      const { harness } = await startHalf(['seen']);
      await harness.deliver([...listed, { id: 'new', ...both }]);
      expect(harness.creations(ids.general)).toHaveLength(1);
      await harness.clock.advance(LATER_MS);
      harness.discord.allowChannel(ids.general);
      expect(await harness.deliver([...listed, { id: 'new', ...both }])).toMatchObject({ posted: 0, enriched: 0 });
      expect(harness.creations()).toHaveLength(1);
      expect(harness.texts(ids.general)).toHaveLength(1);
      expect(harness.feed.enriched).toEqual(['new']);
    });

    test.each([['seen'], ['seen_post']])(
      'an item posted in one channel of two is not posted there again once the store is back (without %s)',
      async (table) => {
        const { harness, putBack } = await startHalf([table]);
        putBack();
        await harness.clock.advance(LATER_MS);
        harness.discord.allowChannel(ids.general);
        await harness.deliver(listed);
        expect(harness.texts(ids.general)).toHaveLength(1);
        expect(harness.creations()).toHaveLength(1);
        expect(harness.feed.enriched).toEqual(['new']);
        expect(await harness.store.isSeen('new')).toBe(true);
      },
    );

    test('an item posted in one channel of two is recorded once the store is back, for a restart', async () => {
      const { harness, putBack } = await startHalf(['seen']);
      putBack();
      await harness.clock.advance(LATER_MS);
      await harness.deliver(listed);
      expect(await harness.store.ledger.find('new')).toMatchObject({
        posts: [{ channelId: ids.announcements, state: 'posted', messageId: expect.any(String) }],
      });
      await harness.restart();
      harness.discord.allowChannel(ids.general);
      await harness.clock.advance(LATER_MS);
      expect(await harness.deliver([])).toMatchObject({ posted: 0, enriched: 0 });
      expect(harness.texts(ids.general)).toHaveLength(1);
      expect(harness.creations()).toHaveLength(1);
    });
  });

  test('an item that Discord refuses for good is tried once, and is a dead letter once the store is back', async () => {
    class LongFeed extends NoteFeed {
      override message() {
        return { content: 'x'.repeat(2_001) };
      }
    }
    const harness = await startKnowing('deliver', new LongFeed());
    const putBack = takeAway(harness, 'seen');
    expect(await harness.deliver(news)).toMatchObject({ failed: 1 });
    await harness.clock.advance(LATER_MS);
    expect(await harness.deliver(news)).toMatchObject({ failed: 0 });
    expect(harness.creations()).toHaveLength(1);
    putBack();
    await harness.deliver(listed);
    expect(await harness.store.ledger.failed()).toMatchObject([{ id: 'new', posts: [{ state: 'failed' }] }]);
    expect(harness.creations()).toHaveLength(1);
    await harness.store.ledger.retry();
    await harness.deliver(listed);
    expect(harness.creations()).toHaveLength(2);
  });

  test('an item that fails is tried after longer and longer pauses, and then posted', async () => {
    class MoodyFeed extends NoteFeed {
      isUp = false;
      tries = 0;
      override message(note: Note, summary?: Summary) {
        this.tries += 1;
        if (!this.isUp) throw new Error('no template');
        return super.message(note, summary);
      }
    }
    const feed = new MoodyFeed();
    const harness = await startKnowing('deliver', feed);
    takeAway(harness, 'seen');
    for (let cycle = 0; cycle < 5; cycle += 1) await harness.deliver(news);
    expect(feed.tries).toBe(1);
    await harness.clock.advance(30_000);
    await harness.deliver(news);
    expect(feed.tries).toBe(2);
    await harness.clock.advance(45_000);
    await harness.deliver(news);
    expect(feed.tries).toBe(2);
    feed.isUp = true;
    await harness.clock.advance(15_000);
    expect(await harness.deliver(listed)).toMatchObject({ posted: 1 });
  });

  test('a request of unknown outcome is not repeated blindly', async () => {
    const harness = await startKnowing();
    takeAway(harness, 'seen');
    harness.discord.faults = (request) =>
      createsMessage(ids.announcements)(request) ? { kind: 'applied-then-500' } : undefined;
    await harness.deliver(news);
    harness.discord.faults = undefined;
    const created = harness.creations().length;
    await harness.clock.advance(LATER_MS);
    expect(await harness.deliver(news)).toMatchObject({ posted: 1 });
    expect(harness.creations()).toHaveLength(created);
    expect(harness.texts()).toEqual(['new: about new']);
  });
});

describe('onStoreError: hold', () => {
  test('under another process’s lock, nothing is delivered, and nothing is lost, not even what the feed drops', async () => {
    const harness = await startKnowing('hold');
    const unlock = await holdWriteLock(harness.path);
    expect(await deliverLocked(harness, news)).toMatchObject({ posted: 0, enriched: 0 });
    expect(await deliverLocked(harness, [...listed, { id: 'newer' }])).toMatchObject({ posted: 0, enriched: 0 });
    expect(complaints(harness)).toMatchObject([{ fields: { on_store_error: 'hold' } }]);
    await unlock();
    expect(await harness.deliver(listed)).toMatchObject({ posted: 2 });
    expect(harness.texts()).toEqual(['new: about new', 'newer: about newer']);
  });

  test('a request whose intent could not be kept is not sent until it can be', async () => {
    const harness = await startKnowing('hold');
    const putBack = takeAway(harness, 'seen_post');
    await harness.deliver(news);
    expect(harness.creations()).toEqual([]);
    expect(complaints(harness)).toHaveLength(1);
    putBack();
    await harness.clock.advance(60_001);
    expect(await harness.deliver(news)).toMatchObject({ posted: 1 });
  });

  test('a post that could not be kept is found again', async () => {
    const harness = await startKnowing('hold');
    const broken: (() => void)[] = [];
    harness.discord.faults = ({ method }) => {
      if (method === 'POST' && broken.length === 0) broken.push(takeAway(harness, 'seen_post', 'seen_item'));
      return undefined;
    };
    await harness.deliver(news);
    broken[0]?.();
    await harness.clock.advance(LATER_MS);
    expect(await harness.deliver(news)).toMatchObject({ posted: 1 });
    expect(harness.creations()).toHaveLength(1);
  });

  test('a refusal of the token while the store fails is reported once the store is back', async () => {
    const harness = await startKnowing('hold');
    const broken: (() => void)[] = [];
    harness.discord.faults = () => {
      broken.push(takeAway(harness, 'seen_item'));
      return { kind: 'status', status: 401, body: { code: 0, message: '401: Unauthorized' } };
    };
    expect(await harness.deliver(news)).toMatchObject({ posted: 0 });
    expect(harness.clock.sleeping).not.toContain(20_000);
    broken[0]?.();
    await harness.clock.advance(60_001);
    await expect(harness.deliver(news)).rejects.toThrow('401');
    expect(harness.creations()).toHaveLength(1);
  });
});
