import BetterSqlite3 from 'better-sqlite3';
import { describe, expect, test } from 'vitest';

import { createsMessage, failNext, ids } from '../../local/discord/index.ts';
import { messageNonce } from '../../src/index.ts';
import { scopedId, type ItemEvent } from '../../src/store/index.ts';
import { NamedFeed, TwoFeeds } from '../support/two-feeds.ts';
import { notes } from '../support/notes.ts';
import { LATER_MS } from '../support/times.ts';

const feeds = ['news', 'blog'] as const;
const numbered = notes(3, '');
const postsOf = (...names: string[]): string[] => names.flatMap((feed) => ['1', '2', '3'].map((id) => `${feed} ${id}`));

describe('two feeds that number their items alike', () => {
  test.each([
    ['news', 'blog'],
    ['blog', 'news'],
  ] as const)('each post every item once, with %s first, over restarts', async (first, second) => {
    const bot = await TwoFeeds.start();
    expect(await bot.deliver(first, numbered)).toMatchObject({ posted: 3 });
    expect(await bot.deliver(second, numbered)).toMatchObject({ posted: 3, skipped: 0 });
    for (let start = 0; start < 2; start += 1) {
      await bot.harness.clock.advance(LATER_MS);
      await bot.restart();
      for (const feed of [second, first])
        expect(await bot.deliver(feed, numbered)).toMatchObject({ posted: 0, skipped: 3 });
    }
    expect(bot.posts).toEqual(postsOf(first, second));
  });

  test('each post every item once when their first batches come at the same time', async () => {
    const bot = await TwoFeeds.start();
    await Promise.all(feeds.map((feed) => bot.deliver(feed, numbered)));
    expect(bot.posts.toSorted()).toEqual(postsOf('blog', 'news'));
    const plain = (await bot.harness.store.scopes.list()).filter(({ isPlain }) => isPlain);
    expect(plain).toHaveLength(1);
  });

  test('the second feed has a first run of its own on a store that the first one has filled', async () => {
    const bot = await TwoFeeds.start({ delivery: { firstRun: 'mark' } });
    await bot.deliver('news', numbered);
    await bot.deliver('news', notes(5, ''));
    expect(await bot.deliver('blog', notes(4, ''))).toMatchObject({ marked: 4, posted: 0, skipped: 0 });
    expect(await bot.deliver('blog', notes(5, ''))).toMatchObject({ skipped: 4, posted: 1 });
    expect(bot.posts).toEqual(['news 4', 'news 5', 'blog 5']);
  });

  test('neither takes the other’s first run for its own when both begin at the same time', async () => {
    const bot = await TwoFeeds.start({ delivery: { firstRun: 1 } });
    const cycles = await Promise.all(feeds.map((feed) => bot.deliver(feed, notes(40, ''))));
    expect(cycles).toMatchObject([
      { marked: 39, posted: 1 },
      { marked: 39, posted: 1 },
    ]);
  });

  test('logs, telemetry and enrichment name the items as their feeds do', async () => {
    const bot = await TwoFeeds.start({ delivery: { maxAttempts: 1 } });
    await bot.deliver('news', numbered);
    const steps: ItemEvent[] = [];
    bot.watchSteps('blog', (event) => steps.push(event));
    bot.blog.message = () => {
      throw new Error('no template');
    };
    await bot.deliver('blog', notes(1, ''));
    expect(bot.blog.enriched).toEqual(['1']);
    expect(steps.map(({ id, step }) => `${step} ${id}`)).toEqual(['claimed 1', 'enriched 1', 'settled 1', 'failed 1']);
    expect(bot.harness.logger.of('feed_item_failed')).toMatchObject([{ fields: { id: '1' } }]);
  });

  test('their nonces differ, and that of the first feed is what it was before there were scopes', async () => {
    const bot = await TwoFeeds.start();
    for (const feed of feeds) await bot.deliver(feed, notes(1, ''));
    const nonces = bot.harness.creations().map(({ body }) => (body as { nonce: string }).nonce);
    expect(nonces).toEqual(['1', scopedId('blog', '1')].map((id) => messageNonce(id, ids.announcements)));
  });
});

describe('the second feed, with the numbers of the first', () => {
  /** A bot whose first feed has posted all numbers. */
  async function startPosted(options: Parameters<typeof TwoFeeds.start>[0] = {}): Promise<TwoFeeds> {
    const bot = await TwoFeeds.start(options);
    await bot.deliver('news', numbered);
    return bot;
  }

  test.each(['claimed', 'enriched', 'posted'] as const)('goes on after a crash at the step %s', async (step) => {
    const bot = await startPosted();
    let crashes = 0;
    bot.watchSteps('blog', (event) => {
      if (event.step !== step || crashes > 0) return;
      crashes += 1;
      bot.harness.crash();
    });
    await bot.deliver('blog', numbered).catch(() => undefined);
    expect(crashes).toBe(1);
    await bot.restartAfterLease();
    expect(await bot.deliver('news', numbered)).toMatchObject({ skipped: 3, posted: 0 });
    await bot.deliver('blog', []);
    await bot.deliver('blog', numbered);
    expect(bot.posts.toSorted()).toEqual(postsOf('blog', 'news'));
  });

  test('tries again what failed, after the feed has dropped it', async () => {
    const bot = await startPosted();
    bot.harness.discord.faults = failNext(4, { kind: 'status', status: 500 }, createsMessage(ids.announcements));
    expect(await bot.deliver('blog', notes(1, ''))).toMatchObject({ failed: 1 });
    await bot.harness.clock.advance(LATER_MS);
    expect(await bot.deliver('news', numbered)).toMatchObject({ posted: 0 });
    expect(await bot.deliver('blog', [])).toMatchObject({ posted: 1 });
    expect(bot.posts).toEqual([...postsOf('news'), 'blog 1']);
  });

  test('has dead letters of its own, which a retry revives', async () => {
    const bot = await startPosted({ delivery: { maxAttempts: 1 } });
    const message = bot.blog.message.bind(bot.blog);
    bot.blog.message = () => {
      throw new Error('no template');
    };
    expect(await bot.deliver('blog', notes(1, ''))).toMatchObject({ failed: 1 });
    bot.blog.message = message;
    expect(await bot.harness.store.ledger.failed()).toMatchObject([{ id: scopedId('blog', '1'), feed: 'blog' }]);
    expect(await bot.deliver('blog', notes(1, ''))).toMatchObject({ posted: 0 });
    await bot.harness.store.ledger.retry();
    expect(await bot.deliver('blog', notes(1, ''))).toMatchObject({ posted: 1 });
  });

  test.each([
    ['mark', ['blog 1', 'blog 2']],
    ['post', ['blog 1', 'blog 2', ...notes(20, 's').map(({ id }) => `blog ${id}`)]],
  ] as const)('has holds of its own, decided with %s', async (decision, posted) => {
    const bot = await startPosted({ delivery: { flood: { share: 0.5, minimum: 10 }, adminChannelId: ids.general } });
    const sudden = notes(20, 's');
    await bot.deliver('news', [...numbered, ...sudden.slice(0, 5)]);
    for (let cycle = 0; cycle < 3; cycle += 1) await bot.deliver('blog', notes(2, ''));
    expect(await bot.deliver('blog', [...notes(2, ''), ...sudden])).toMatchObject({ held: 20, posted: 0 });
    const hold = await bot.harness.store.holds.current('blog');
    expect(await bot.deliver('news', sudden.slice(0, 5))).toMatchObject({ held: 0, skipped: 5 });
    await bot.harness.store.holds.decide(hold?.id ?? 0, decision, ids.homeAdmin);
    await bot.restart();
    await bot.deliver('blog', [...notes(2, ''), ...sudden]);
    expect(await bot.deliver('blog', [...notes(2, ''), ...sudden])).toMatchObject({ skipped: 22, posted: 0, held: 0 });
    const ofBlog = bot.posts.filter((post) => post.startsWith('blog'));
    expect(new Set(ofBlog)).toEqual(new Set(posted));
    expect(ofBlog).toHaveLength(posted.length);
  });

  test('has aliases that count as they are, and under the feed’s name', async () => {
    const bot = await startPosted();
    await bot.harness.store.markSeen(['link-1', scopedId('blog', 'link-2')]);
    await bot.deliver('blog', [
      { id: 'a', aliases: ['link-1'] },
      { id: 'b', aliases: ['link-2'] },
      { id: '3', aliases: ['3', 'link-3'] },
    ]);
    expect(bot.posts).toEqual([...postsOf('news'), 'blog 3']);
  });

  test('may have keys and a name as long as they like', async () => {
    const long = new NamedFeed('b'.repeat(600));
    const bot = await startPosted({ blog: long });
    const key = 'k'.repeat(512);
    await bot.deliver('news', [{ id: key }]);
    for (let start = 0; start < 2; start += 1) {
      await bot.deliver('blog', [{ id: key }, { id: '1' }]);
      await bot.restart();
    }
    expect(bot.posts.filter((post) => post.startsWith('bb'))).toHaveLength(2);
  });

  test('is kept from expiring while it is listed', async () => {
    const bot = await startPosted({ store: { ttlDays: 2, purgeEveryMs: 1_000 * 86_400_000 } });
    for (let quarter = 0; quarter < 40; quarter += 1) {
      for (const feed of feeds) await bot.deliver(feed, numbered);
      await bot.harness.clock.drive(bot.harness.store.purgeExpired(), { upTo: 100 });
      await bot.harness.clock.advance(6 * 3_600_000);
    }
    const all = [...notes(3, ''), ...notes(3, '').map(({ id }) => ({ id: scopedId('blog', id) }))].map(({ id }) => id);
    expect(await bot.harness.store.filterUnseen(all)).toEqual([]);
    expect(bot.posts).toEqual(postsOf('news', 'blog'));
  });
});

describe('two feeds while the store fails', () => {
  /** Takes the table of seen ids away from under the store, and gives back what puts it there again. */
  function takeAway(bot: TwoFeeds): () => void {
    const db = new BetterSqlite3(bot.harness.path);
    db.exec('ALTER TABLE seen RENAME TO seen_away');
    return () => {
      db.exec('ALTER TABLE seen_away RENAME TO seen');
      db.close();
    };
  }

  test('each posts new items once, and marks its own later', async () => {
    const bot = await TwoFeeds.start({ delivery: { firstRun: 'mark' } });
    for (const feed of feeds) await bot.deliver(feed, numbered);
    const putBack = takeAway(bot);
    for (let cycle = 0; cycle < 2; cycle += 1) for (const feed of feeds) await bot.deliver(feed, notes(4, ''));
    expect(bot.posts).toEqual(['news 4', 'blog 4']);
    putBack();
    // Discord would hide a second post for as long as it remembers the nonce.
    await bot.harness.clock.advance(LATER_MS);
    for (const feed of feeds) await bot.deliver(feed, notes(4, ''));
    await bot.restart();
    for (const feed of feeds) expect(await bot.deliver(feed, notes(4, ''))).toMatchObject({ skipped: 4 });
    expect(await bot.harness.store.filterUnseen(['4', scopedId('blog', '4')])).toEqual([]);
    expect(bot.posts).toEqual(['news 4', 'blog 4']);
  });

  test('from the start, nothing is decided, and the items wait', async () => {
    const bot = await TwoFeeds.start();
    const putBack = takeAway(bot);
    for (const feed of feeds) expect(await bot.deliver(feed, numbered)).toMatchObject({ posted: 0 });
    putBack();
    expect(await bot.harness.store.scopes.list()).toEqual([]);
    for (const feed of [...feeds].toReversed()) await bot.deliver(feed, []);
    expect(bot.posts).toEqual(postsOf('blog', 'news'));
  });
});

describe('a batch that lists nothing', () => {
  test('decides nothing: the feed that lists something first is plain', async () => {
    const bot = await TwoFeeds.start();
    await bot.deliver('news', []);
    expect(await bot.harness.store.scopes.list()).toEqual([]);
    await bot.deliver('blog', numbered);
    await bot.deliver('news', numbered);
    expect(await bot.harness.store.scopes.find('blog')).toMatchObject({ isPlain: true });
    expect(bot.posts).toEqual(postsOf('blog', 'news'));
  });
});
