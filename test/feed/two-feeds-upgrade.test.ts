import BetterSqlite3 from 'better-sqlite3';
import { describe, expect, test } from 'vitest';

import { ids } from '../../local/discord/index.ts';
import { messageNonce } from '../../src/index.ts';
import { noCounts, openSeenStore, scopedId, type SeenStore } from '../../src/store/index.ts';
import { newDatabasePath } from '../support/database-file.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { notes } from '../support/notes.ts';
import { settableClock, type SettableClock } from '../support/settable-clock.ts';
import { LATER_MS, MINUTE_MS } from '../support/times.ts';
import { TwoFeeds, type TwoFeedsOptions } from '../support/two-feeds.ts';
import { takeBackTo010 } from '../support/version-0-1-0.ts';

const now = new ManualClock().now();

/** A bot of version 0.1.0, by what it did to its store, in which all ids are stored as they are. */
class OldBot {
  readonly store: SeenStore;
  readonly clock: SettableClock;

  constructor(store: SeenStore, clock: SettableClock) {
    this.store = store;
    this.clock = clock;
  }

  /** A cycle that finished so long before the update. */
  async cycle(feed: string, agoMs: number, total = 1): Promise<void> {
    const at = new Date(now - agoMs);
    await this.store.cycles.record({ ...noCounts, feed, startedAt: at, finishedAt: at, total });
  }

  async post(feed: string, ...items: string[]): Promise<void> {
    await this.store.commit(await this.store.claim(items.map(request), { feed }));
  }

  async fail(feed: string, ...items: string[]): Promise<void> {
    await this.store.fail(await this.store.claim(items.map(request), { feed }), 'refused');
  }

  async leaveWaiting(feed: string, ...items: string[]): Promise<void> {
    await this.store.release(await this.store.claim(items.map(request), { feed }), { error: 'no model' });
  }
}

const request = (id: string) => ({ id, payload: { id } });

/** Starts a bot on the file that a bot of version 0.1.0 left. */
async function update(live: (bot: OldBot) => Promise<void>, options: TwoFeedsOptions = {}): Promise<TwoFeeds> {
  const path = newDatabasePath();
  const clock = settableClock(now - 5 * MINUTE_MS);
  const store = await openSeenStore({ path, clock });
  await live(new OldBot(store, clock));
  await store.close();
  takeBackTo010(path);
  return TwoFeeds.start({ ...options, store: { path, ...options.store } });
}

async function cycles(bot: OldBot): Promise<void> {
  for (const minutes of [20, 10]) for (const feed of ['news', 'blog']) await bot.cycle(feed, minutes * MINUTE_MS);
}

describe('a file of 0.1.0 with one feed', () => {
  const live = async (bot: OldBot): Promise<void> => {
    await bot.cycle('blog', 10 * MINUTE_MS);
    await bot.store.markSeen(['first run']);
    await bot.post('blog', '1', '2');
    await bot.fail('blog', 'dead');
    await bot.leaveWaiting('blog', 'waiting');
  };
  const listed = ['first run', '1', '2', 'dead', 'waiting', 'new'].map((id) => ({ id }));

  test.each(['blog', 'news'] as const)('goes on as it was, with %s first', async (first) => {
    const bot = await update(live);
    const second = first === 'news' ? 'blog' : 'news';
    for (const feed of [first, second] as const) await bot.deliver(feed, feed === 'blog' ? listed : notes(2, ''));
    expect(bot.posts.filter((post) => post.startsWith('blog'))).toEqual(['blog waiting', 'blog new']);
    expect(await bot.harness.store.filterUnseen(['1', 'new', 'waiting', 'dead'])).toEqual(['dead']);
    expect(bot.posts.filter((post) => post.startsWith('news'))).toEqual(['news 1', 'news 2']);
    expect(bot.harness.creations().map(({ body }) => (body as { nonce: string }).nonce)).toEqual(
      expect.arrayContaining(['waiting', 'new'].map((id) => messageNonce(id, ids.announcements))),
    );
  });
});

describe('a file of 0.1.0 with two feeds', () => {
  test.each([
    ['news', 'blog'],
    ['blog', 'news'],
  ] as const)('posts nothing again, and new items of both, with %s first', async (first, second) => {
    const bot = await update(async (old) => {
      await cycles(old);
      await old.store.markSeen(['first run 1', 'first run 2']);
      await old.post('news', 'n1', 'n2', 'n3');
      await old.post('blog', 'b1', 'b2');
    });
    const all = ['first run 1', 'first run 2', 'n1', 'n2', 'n3', 'b1', 'b2'].map((id) => ({ id }));
    const listed = {
      news: all.filter(({ id }) => !id.startsWith('b')),
      blog: all.filter(({ id }) => !id.startsWith('n')),
    };
    for (const feed of [first, second])
      expect(await bot.deliver(feed, [...listed[feed], ...notes(2, '')])).toMatchObject({
        posted: 2,
        skipped: listed[feed].length,
      });
    await bot.harness.clock.advance(LATER_MS);
    await bot.restart();
    for (const feed of [first, second]) expect(await bot.deliver(feed, listed[feed])).toMatchObject({ posted: 0 });
    expect(bot.posts).toEqual([`${first} 1`, `${first} 2`, `${second} 1`, `${second} 2`]);
    expect(await bot.harness.store.scopes.list()).toMatchObject([{ feed: 'news', isPlain: true }, { feed: 'blog' }]);
  });

  test('marks that both feeds share stay seen for both, although the first one has touched them', async () => {
    const bot = await update(async (old) => {
      await cycles(old);
      await old.store.markSeen(['1', '2', '3'], now / 1000 - 5 * 86_400);
    });
    for (const feed of ['blog', 'news'] as const)
      expect(await bot.deliver(feed, notes(3, ''))).toMatchObject({ skipped: 3, posted: 0 });
  });

  test.each(['news', 'blog'] as const)('an item that was lost to the number of %s is posted', async (winner) => {
    const loser = winner === 'news' ? 'blog' : 'news';
    const bot = await update(async (old) => {
      await cycles(old);
      await old.post('news', 'n1', 'n2');
      await old.post(winner, '1');
    });
    for (const feed of ['news', 'blog'] as const) await bot.deliver(feed, notes(1, ''));
    await bot.harness.clock.advance(LATER_MS);
    await bot.restart();
    for (const feed of ['news', 'blog'] as const)
      expect(await bot.deliver(feed, notes(1, ''))).toMatchObject({ posted: 0 });
    expect(bot.posts).toEqual([`${loser} 1`]);
  });

  test('an item that waited is delivered once, under its nonce, and takes nothing from the other feed', async () => {
    const bot = await update(async (old) => {
      await cycles(old);
      await old.post('news', 'n1', 'n2');
      const [claim] = await old.store.claim([request('1')], { feed: 'blog' });
      if (claim === undefined) throw new Error('not granted');
      await old.store.ledger.begin(claim);
      await old.store.ledger.saveEnrichment(claim, { summary: 'paid for' });
      await old.store.ledger.saveIntent(claim, ids.announcements);
      await old.store.release([claim], { error: '500' });
    });
    await bot.deliver('news', notes(1, ''));
    await bot.deliver('blog', notes(1, ''));
    await bot.deliver('news', notes(1, ''));
    await bot.harness.clock.advance(LATER_MS);
    await bot.deliver('blog', notes(1, ''));
    expect(bot.harness.texts()).toEqual(['news 1: about 1', 'blog 1: paid for']);
    const nonces = bot.harness.creations().map(({ body }) => (body as { nonce: string }).nonce);
    expect(nonces).toEqual([scopedId('news', '1'), '1'].map((id) => messageNonce(id, ids.announcements)));
  });

  test.each([
    ['mark', 0],
    ['post', 12],
  ] as const)('a hold that was open is decided with %s', async (decision, posted) => {
    const sudden = notes(12, 's');
    const bot = await update(
      async (old) => {
        await cycles(old);
        await old.post('news', 'n1', 'n2');
        await old.store.holds.open(
          'blog',
          sudden.map(({ id }) => id),
        );
        const claims = await old.store.claim(
          sudden.map(({ id }) => request(id)),
          { feed: 'blog' },
        );
        await old.store.release(claims);
      },
      { delivery: { flood: { share: 0.5, minimum: 10 }, adminChannelId: ids.general } },
    );
    expect(await bot.deliver('blog', sudden)).toMatchObject({ held: 12, posted: 0 });
    const hold = await bot.harness.store.holds.current('blog');
    expect(hold?.ids).toHaveLength(12);
    await bot.harness.store.holds.decide(hold?.id ?? 0, decision, ids.homeAdmin);
    expect(await bot.deliver('blog', sudden)).toMatchObject({ posted, marked: 12 - posted });
    expect(await bot.deliver('blog', sudden)).toMatchObject({ skipped: 12, posted: 0, held: 0 });
  });

  test('a dead letter stays one until somebody retries it, and is delivered once then', async () => {
    const bot = await update(async (old) => {
      await cycles(old);
      await old.post('news', 'n1', 'n2');
      await old.fail('blog', '1');
    });
    expect(await bot.deliver('blog', notes(1, ''))).toMatchObject({ posted: 0 });
    await bot.harness.store.ledger.retry(['1']);
    expect(await bot.deliver('blog', notes(1, ''))).toMatchObject({ posted: 1 });
    expect(await bot.deliver('blog', notes(1, ''))).toMatchObject({ posted: 0, skipped: 1 });
  });

  test('a feed that had been renamed goes on with what it posted under its earlier name', async () => {
    const bot = await update(async (old) => {
      await old.cycle('weblog', 90 * MINUTE_MS);
      await old.cycle('weblog', 80 * MINUTE_MS);
      await old.post('weblog', '1', '2', '3');
      await old.cycle('news', 70 * MINUTE_MS);
      await cycles(old);
      await old.post('news', 'n1', 'n2');
      await old.post('blog', '4');
    });
    expect(await bot.deliver('blog', notes(4, ''))).toMatchObject({ posted: 0, skipped: 4 });
    expect(await bot.harness.store.scopes.find('news')).toMatchObject({ isPlain: true });
  });
});

describe('a program of 0.1.0 that still runs beside', () => {
  test('what it has posted or works on is not posted by the new one', async () => {
    const bot = await update(async (old) => {
      await cycles(old);
      await old.post('news', 'n1', 'n2');
    });
    for (const feed of ['news', 'blog'] as const) await bot.deliver(feed, notes(1, feed));
    const beside = await openSeenStore({ path: bot.harness.path, clock: bot.harness.clock });
    await beside.commit(await beside.claim(['1'], { feed: 'blog' }));
    await beside.claim(['2'], { feed: 'blog' });
    expect(await bot.deliver('blog', notes(2, ''))).toMatchObject({ posted: 0 });
    expect(await bot.deliver('news', notes(2, ''))).toMatchObject({ posted: 2 });
    await beside.close();
  });
});

describe('a file of the earlier Python bot', () => {
  /** The table as that bot makes it, with the ids that it has posted. */
  function earlierFile(posted: readonly string[]): string {
    const path = newDatabasePath();
    const db = new BetterSqlite3(path);
    db.exec('CREATE TABLE seen(id TEXT PRIMARY KEY, ts INTEGER NOT NULL)');
    const insert = db.prepare('INSERT OR REPLACE INTO seen(id, ts) VALUES(?, ?)');
    for (const id of posted) insert.run(id, Math.floor(now / 1000) - 600);
    db.close();
    return path;
  }

  const posted = ['1', '2', '3', '4'];

  test('counts for the feed that it was made for, and a second one with the same numbers begins anew', async () => {
    const bot = await TwoFeeds.start({ store: { path: earlierFile(posted) }, delivery: { firstRun: 'mark' } });
    expect(await bot.deliver('news', notes(5, ''))).toMatchObject({ skipped: 4, posted: 1 });
    expect(await bot.deliver('blog', notes(2, ''))).toMatchObject({ marked: 2, skipped: 0 });
    expect(await bot.deliver('blog', notes(3, ''))).toMatchObject({ posted: 1 });
    expect(bot.posts).toEqual(['news 5', 'blog 3']);
    expect(await bot.harness.store.isSeen('5')).toBe(true);
  });

  test('counts for the feed that it was made for when that comes second', async () => {
    const bot = await TwoFeeds.start({ store: { path: earlierFile(posted) } });
    await bot.deliver('blog', notes(2, 'post '));
    expect(await bot.deliver('news', notes(5, ''))).toMatchObject({ skipped: 4, posted: 1 });
    await bot.restart();
    expect(await bot.deliver('news', notes(5, ''))).toMatchObject({ skipped: 5, posted: 0 });
    expect(bot.posts).toEqual(['blog post 1', 'blog post 2', 'news 5']);
  });

  test('counts for its feed when that has moved on meanwhile, and for that bot when it comes back', async () => {
    const bot = await TwoFeeds.start({ store: { path: earlierFile(posted) } });
    expect(await bot.deliver('news', notes(2, 'later '))).toMatchObject({ posted: 2 });
    expect(await bot.deliver('news', [...notes(4, ''), ...notes(2, 'later ')])).toMatchObject({
      skipped: 6,
      posted: 0,
    });
    const db = new BetterSqlite3(bot.harness.path);
    expect(db.prepare("SELECT id FROM seen WHERE id LIKE 'later%' ORDER BY id").pluck().all()).toEqual([
      'later 1',
      'later 2',
    ]);
    db.close();
  });
});

describe('a feed that is renamed', () => {
  test('is a new feed, with a first run', async () => {
    const bot = await TwoFeeds.start({ delivery: { firstRun: 'mark' } });
    await bot.deliver('news', notes(3, ''));
    expect(await bot.deliver('blog', notes(3, ''))).toMatchObject({ marked: 3, posted: 0 });
  });
});
