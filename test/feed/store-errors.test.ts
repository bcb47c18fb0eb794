import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import BetterSqlite3 from 'better-sqlite3';
import { describe, expect, onTestFinished, test } from 'vitest';

import type { Cycle } from '../../src/store/index.ts';
import { createsMessage, ids } from '../discord/index.ts';
import { Bench } from './bench.ts';
import { NoteFeed, notes, type Note } from './notes.ts';

const BUSY_TIMEOUT_MS = 60;
/** Longer than Discord remembers a nonce. */
const LATER_MS = 10 * 60_000;
const both = { channels: [ids.announcements, ids.general] };
const listed = notes(3);
const news = [...listed, { id: 'new' }];

/** A feed whose first run is over, so that the process knows what is listed. */
async function startKnowing(onStoreError: 'deliver' | 'hold' = 'deliver', feed = new NoteFeed()): Promise<Bench> {
  const store = { busyTimeoutMs: BUSY_TIMEOUT_MS };
  const bench = await Bench.start({ feed, store, delivery: { firstRun: 'mark', onStoreError } });
  await bench.deliver(listed);
  return bench;
}

/** Takes the write lock from another process. Call the result to give it back. */
async function lock(bench: Bench): Promise<() => Promise<void>> {
  const program = fileURLToPath(new URL('../store/lock-holder.ts', import.meta.url));
  const holder = spawn(process.execPath, [program, bench.path]);
  onTestFinished(() => void holder.kill());
  await once(holder.stdout, 'data');
  return async () => {
    holder.stdin.end();
    await once(holder, 'exit');
  };
}

/** Takes a table away from under the store, as a damaged file would. Call the result to put it back. */
function takeAway(bench: Bench, ...tables: string[]): () => void {
  const db = new BetterSqlite3(bench.path);
  for (const table of tables) db.exec(`ALTER TABLE ${table} RENAME TO ${table}_away`);
  return () => {
    for (const table of tables) db.exec(`ALTER TABLE ${table}_away RENAME TO ${table}`);
    db.close();
  };
}

/** Delivers while writes wait for a lock, skipping the waits. */
const deliverLocked = (bench: Bench, items: readonly Note[]): Promise<Cycle> =>
  bench.clock.drive(bench.deliver(items), { upTo: 25 });

const complaints = (bench: Bench) => bench.logger.of('feed_store_unavailable');

describe('deliver', () => {
  test('under another process’s lock, posts what is new at most once, with a line a cycle, and marks it later', async () => {
    const bench = await startKnowing();
    const unlock = await lock(bench);
    expect(await deliverLocked(bench, [...news, ...notes(4, 'more')])).toMatchObject({
      posted: 5,
      skipped: 3,
      enriched: 5,
    });
    expect(complaints(bench)).toMatchObject([{ level: 'error', fields: { feed: 'notes', on_store_error: 'deliver' } }]);
    expect(await deliverLocked(bench, news)).toMatchObject({ posted: 0, skipped: 4 });
    expect(complaints(bench)).toHaveLength(2);
    await unlock();
    expect(await bench.deliver(news)).toMatchObject({ posted: 0, skipped: 4 });
    expect(complaints(bench)).toHaveLength(2);
    expect(await bench.store.filterUnseen(['new', 'more1', 'more4'])).toEqual([]);
    await bench.restart();
    expect(await bench.deliver(news)).toMatchObject({ posted: 0 });
    expect(bench.texts()).toHaveLength(5);
  });

  test('without reads, the same', async () => {
    const bench = await startKnowing();
    const putBack = takeAway(bench, 'seen');
    expect(await bench.deliver(news)).toMatchObject({ posted: 1 });
    expect(await bench.deliver(news)).toMatchObject({ posted: 0 });
    expect(complaints(bench)).toHaveLength(2);
    putBack();
    expect(await bench.deliver(news)).toMatchObject({ skipped: 4 });
    expect(bench.texts()).toEqual(['new: about new']);
  });

  test('before the store has ever answered, nothing is posted, and nothing is lost', async () => {
    const bench = await startKnowing();
    await bench.restart();
    const putBack = takeAway(bench, 'seen');
    expect(await bench.deliver(news)).toMatchObject({ posted: 0, enriched: 0 });
    putBack();
    expect(await bench.deliver(listed)).toMatchObject({ posted: 1 });
    expect(bench.texts()).toEqual(['new: about new']);
  });

  test('a first run that still waits for a complete batch does not count as an answer', async () => {
    const bench = await Bench.start({ delivery: { firstRun: 'mark' } });
    await bench.deliver(notes(1), { complete: false });
    const putBack = takeAway(bench, 'seen');
    expect(await bench.deliver(notes(10))).toMatchObject({ posted: 0 });
    putBack();
    expect(await bench.deliver(notes(10))).toMatchObject({ posted: 0, marked: 10 });
  });

  test('a flood is held back, and comes to the flood breaker once the store is back', async () => {
    const bench = await startKnowing();
    const putBack = takeAway(bench, 'seen');
    expect(await bench.deliver([...listed, ...notes(60, 'flood')])).toMatchObject({ posted: 0 });
    putBack();
    expect(await bench.deliver(listed)).toMatchObject({ posted: 0, held: 60 });
  });

  test.each([
    ['the end of its way', ['seen_item']],
    ['its post', ['seen_post']],
    ['anything after the request', ['seen', 'seen_item', 'seen_post']],
  ])('a store that does not keep %s neither repeats the post nor forgets it', async (_what, tables) => {
    const bench = await startKnowing();
    const broken: (() => void)[] = [];
    bench.discord.faults = () => {
      if (broken.length === 0) broken.push(takeAway(bench, ...tables));
      return undefined;
    };
    await bench.deliver(news);
    expect(complaints(bench)).toHaveLength(1);
    broken[0]?.();
    await bench.deliver(news);
    expect(await bench.store.isSeen('new')).toBe(true);
    await bench.clock.advance(LATER_MS);
    await bench.deliver(news);
    expect(bench.texts()).toEqual(['new: about new']);
    expect(bench.creations()).toHaveLength(1);
  });

  describe('an item that gets into one channel of two', () => {
    /** Broken tables, and a channel that takes no posts. */
    async function startHalf(tables: readonly string[]) {
      const bench = await startKnowing();
      bench.discord.denyChannel(ids.general);
      const putBack = takeAway(bench, ...tables);
      await bench.deliver([...listed, { id: 'new', ...both }]);
      expect(bench.texts()).toEqual(['new: about new']);
      return { bench, putBack };
    }

    test('while the store is down is not repeated there, paid for again, or tried every cycle', async () => {
      const { bench } = await startHalf(['seen']);
      await bench.deliver([...listed, { id: 'new', ...both }]);
      expect(bench.creations(ids.general)).toHaveLength(1);
      await bench.clock.advance(LATER_MS);
      bench.discord.allowChannel(ids.general);
      expect(await bench.deliver([...listed, { id: 'new', ...both }])).toMatchObject({ posted: 1, enriched: 0 });
      expect(bench.creations()).toHaveLength(1);
      expect(bench.texts(ids.general)).toHaveLength(1);
      expect(bench.feed.enriched).toEqual(['new']);
    });

    test.each([['seen'], ['seen_post']])('is not repeated there once the store is back (without %s)', async (table) => {
      const { bench, putBack } = await startHalf([table]);
      putBack();
      await bench.clock.advance(LATER_MS);
      bench.discord.allowChannel(ids.general);
      await bench.deliver(listed);
      expect(bench.texts(ids.general)).toHaveLength(1);
      expect(bench.creations()).toHaveLength(1);
      expect(bench.feed.enriched).toEqual(['new']);
      expect(await bench.store.isSeen('new')).toBe(true);
    });

    test('is known to the store once it is back, for a restart', async () => {
      const { bench, putBack } = await startHalf(['seen']);
      putBack();
      await bench.clock.advance(LATER_MS);
      await bench.deliver(listed);
      expect(await bench.store.ledger.find('new')).toMatchObject({
        posts: [{ channelId: ids.announcements, state: 'posted', messageId: expect.any(String) }],
      });
      await bench.restart();
      bench.discord.allowChannel(ids.general);
      await bench.clock.advance(LATER_MS);
      expect(await bench.deliver([])).toMatchObject({ posted: 1, enriched: 0 });
      expect(bench.creations()).toHaveLength(1);
    });
  });

  test('an item that Discord refuses for good is tried once, and is a dead letter once the store is back', async () => {
    class LongFeed extends NoteFeed {
      override message() {
        return { content: 'x'.repeat(2_001) };
      }
    }
    const bench = await startKnowing('deliver', new LongFeed());
    const putBack = takeAway(bench, 'seen');
    await bench.deliver(news);
    await bench.clock.advance(LATER_MS);
    await bench.deliver(news);
    expect(bench.creations()).toHaveLength(1);
    putBack();
    await bench.deliver(listed);
    expect(await bench.store.ledger.failed()).toMatchObject([{ id: 'new', posts: [{ state: 'failed' }] }]);
    expect(bench.creations()).toHaveLength(1);
    await bench.store.ledger.retry();
    await bench.deliver(listed);
    expect(bench.creations()).toHaveLength(2);
  });

  test('an enrichment that fails is not tried every cycle, and not counted against the item later', async () => {
    class MoodyFeed extends NoteFeed {
      isUp = false;
      override async summarize(note: Note, signal: AbortSignal) {
        if (!this.isUp) throw new Error('overloaded');
        return super.summarize(note, signal);
      }
    }
    const feed = new MoodyFeed();
    const bench = await startKnowing('deliver', feed);
    takeAway(bench, 'seen');
    for (let cycle = 0; cycle < 5; cycle += 1) await bench.deliver(news);
    expect(feed.enriched).toEqual(['new']);
    feed.isUp = true;
    await bench.clock.advance(30_000);
    expect(await bench.deliver(listed)).toMatchObject({ posted: 1 });
  });

  test('a request of unknown outcome is not repeated blindly', async () => {
    const bench = await startKnowing();
    takeAway(bench, 'seen');
    bench.discord.faults = (request) =>
      createsMessage(ids.announcements)(request) ? { kind: 'applied-then-500' } : undefined;
    await bench.deliver(news);
    bench.discord.faults = undefined;
    const created = bench.creations().length;
    await bench.clock.advance(LATER_MS);
    expect(await bench.deliver(news)).toMatchObject({ posted: 1 });
    expect(bench.creations()).toHaveLength(created);
    expect(bench.texts()).toEqual(['new: about new']);
  });
});

describe('hold', () => {
  test('delivers nothing under another process’s lock, and loses nothing, not even what the feed drops', async () => {
    const bench = await startKnowing('hold');
    const unlock = await lock(bench);
    expect(await deliverLocked(bench, news)).toMatchObject({ posted: 0, enriched: 0 });
    expect(await deliverLocked(bench, [...listed, { id: 'newer' }])).toMatchObject({ posted: 0, enriched: 0 });
    expect(complaints(bench)).toMatchObject([{ fields: { on_store_error: 'hold' } }, {}]);
    await unlock();
    expect(await bench.deliver(listed)).toMatchObject({ posted: 2 });
    expect(bench.texts()).toEqual(['new: about new', 'newer: about newer']);
  });

  test('sends no request whose intent could not be kept, and sends it later', async () => {
    const bench = await startKnowing('hold');
    const putBack = takeAway(bench, 'seen_post');
    await bench.deliver(news);
    expect(bench.creations()).toEqual([]);
    expect(complaints(bench)).toHaveLength(1);
    putBack();
    await bench.clock.advance(60_001);
    expect(await bench.deliver(news)).toMatchObject({ posted: 1 });
  });

  test('a post that could not be kept is found again', async () => {
    const bench = await startKnowing('hold');
    const broken: (() => void)[] = [];
    bench.discord.faults = ({ method }) => {
      if (method === 'POST' && broken.length === 0) broken.push(takeAway(bench, 'seen_post', 'seen_item'));
      return undefined;
    };
    await bench.deliver(news);
    broken[0]?.();
    await bench.clock.advance(LATER_MS);
    expect(await bench.deliver(news)).toMatchObject({ posted: 1 });
    expect(bench.creations()).toHaveLength(1);
  });

  test('the refusal of the token is reported once the store is back, if it failed at the same time', async () => {
    const bench = await startKnowing('hold');
    const broken: (() => void)[] = [];
    bench.discord.faults = () => {
      broken.push(takeAway(bench, 'seen_item'));
      return { kind: 'status', status: 401, body: { code: 0, message: '401: Unauthorized' } };
    };
    expect(await bench.deliver(news)).toMatchObject({ posted: 0 });
    expect(bench.clock.sleeping).not.toContain(20_000);
    broken[0]?.();
    await bench.clock.advance(60_001);
    await expect(bench.deliver(news)).rejects.toThrow('401');
    expect(bench.creations()).toHaveLength(1);
  });
});
