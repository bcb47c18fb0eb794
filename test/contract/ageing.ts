import { describe, expect, test } from 'vitest';

import { DAY_MS, HOUR_MS, NOON } from '../support/times.ts';
import type { ContractBackend } from './backend.ts';
import { FeedBot, listed } from './feed-bot.ts';
import { claimOne } from './stores.ts';

/** The age of ids, by the time in which somebody looked, for every backend to keep. */
export function describeAgeing(backend: ContractBackend): void {
  describe(`ageing, on ${backend.name}`, () => {
    test('time in which the bot was off ages nothing, however long it was', async () => {
      const bot = await FeedBot.start(backend);
      await bot.store.markSeen([...listed, 'gone']);
      await bot.lookFor(3);
      await bot.offFor(400 * DAY_MS);
      expect(await bot.store.filterUnseen([...listed, 'gone'])).toEqual([]);
      await bot.look('blog', listed);
      await bot.lookFor(2);
      expect(await bot.store.purgeExpired()).toBe(0);
      await bot.lookFor(2);
      expect(await bot.store.purgeExpired()).toBe(1);
      expect(await bot.store.filterUnseen([...listed, 'gone'])).toEqual(['gone']);
    });

    test.each([
      ['is empty', [], {}],
      ['is incomplete', listed.slice(0, 3), { complete: false }],
    ] as const)('time in which the feed %s ages nothing, over restarts', async (_, items, changes) => {
      const bot = await FeedBot.start(backend);
      await bot.store.markSeen(listed);
      await bot.lookFor(1);
      for (let day = 0; day < 30; day += 1) {
        bot.clock.advance(DAY_MS);
        await bot.look('blog', items, changes);
        if (day % 10 === 5) await bot.offFor(HOUR_MS);
      }
      await bot.offFor(HOUR_MS);
      expect(await bot.store.filterUnseen(listed)).toEqual([]);
    });

    test('a feed that was never seen whole ages nothing', async () => {
      const bot = await FeedBot.start(backend);
      await bot.store.markSeen(listed, NOON / 1000 - 90 * 86_400);
      await bot.look('blog', listed.slice(0, 3), { complete: false });
      await bot.lookFor(10, 'other', ['other']);
      expect(await bot.store.purgeExpired()).toBe(0);
    });

    test('a feed that is down for weeks keeps its ids while another goes on', async () => {
      const bot = await FeedBot.start(backend);
      await bot.store.markSeen([...listed, 'other']);
      await bot.lookFor(1);
      await bot.lookFor(40, 'other', ['other']);
      await bot.offFor(HOUR_MS);
      expect(await bot.store.filterUnseen(listed)).toEqual([]);
    });

    test('a feed that was given up holds nothing back any more, once another has been watched for 90 days', async () => {
      const bot = await FeedBot.start(backend);
      await bot.store.markSeen([...listed, 'other']);
      await bot.look('blog', listed);
      await bot.lookFor(89, 'other', ['other']);
      expect(await bot.store.purgeExpired()).toBe(0);
      await bot.lookFor(2, 'other', ['other']);
      expect(await bot.store.purgeExpired()).toBe(listed.length);
      expect(await bot.store.cycles.isFirst('blog')).toBe(false);
    });

    test('a feed that is looked at once a week ages by a day each time', async () => {
      const bot = await FeedBot.start(backend);
      await bot.store.markSeen([...listed, 'gone']);
      await bot.look('blog', [...listed, 'gone']);
      for (let week = 1; week <= 7; week += 1) {
        bot.clock.advance(7 * DAY_MS);
        await bot.look('blog', listed);
        expect(await bot.store.purgeExpired()).toBe(0);
      }
      bot.clock.advance(7 * DAY_MS);
      await bot.look('blog', listed);
      expect(await bot.store.purgeExpired()).toBe(1);
      expect(await bot.store.filterUnseen(listed)).toEqual([]);
    });

    describe('a clock that is wrong', () => {
      test.each([
        ['ahead by weeks', 21 * DAY_MS, false],
        ['ahead by weeks, with a look', 21 * DAY_MS, true],
        ['ahead by years, with a look', 12 * 365 * DAY_MS, true],
        ['behind by weeks, with a look', -21 * DAY_MS, true],
        ['in 1970', 60_000 - NOON, false],
        ['in 1970, with a look', 60_000 - NOON, true],
      ] as const)('a clock that is %s for one start forgets nothing', async (_, error, looks) => {
        const bot = await FeedBot.start(backend);
        await bot.store.markSeen([...listed, 'pinned']);
        await bot.lookFor(3, 'blog', [...listed, 'pinned']);
        await bot.offFor(error);
        await bot.store.markSeen('marked meanwhile');
        if (looks) await bot.look('blog', listed);
        await bot.offFor(HOUR_MS - error);
        const all = [...listed, 'pinned', 'marked meanwhile'];
        expect(await bot.store.filterUnseen(all)).toEqual([]);
        await bot.lookFor(1);
        await bot.offFor(HOUR_MS);
        expect(await bot.store.filterUnseen(all)).toEqual([]);
      });

      test('a clock that was years ahead holds back no purge once it is right again', async () => {
        const bot = await FeedBot.start(backend);
        await bot.offFor(12 * 365 * DAY_MS);
        await bot.look('blog', listed);
        await bot.offFor(-12 * 365 * DAY_MS);
        await bot.store.markSeen('gone');
        await bot.lookFor(10);
        expect(await bot.store.purgeExpired()).toBe(1);
      });

      test('all that was noted by a clock that was ahead becomes one look of the present', async () => {
        const bot = await FeedBot.start(backend);
        await bot.store.markSeen([...listed, 'gone']);
        await bot.lookFor(1);
        for (const look of [0, 1, 2]) {
          await bot.offFor((look + 10) * 365 * DAY_MS);
          await bot.look('blog', listed);
        }
        await bot.offFor(-33 * 365 * DAY_MS);
        expect(await bot.store.filterUnseen([...listed, 'gone'])).toEqual([]);
        await bot.lookFor(8);
        expect(await bot.store.purgeExpired()).toBe(1);
      });

      test('a feed that was given up while the clock was ahead is given up all the same', async () => {
        const bot = await FeedBot.start(backend);
        await bot.offFor(12 * 365 * DAY_MS);
        await bot.store.markSeen([...listed, 'other']);
        await bot.look('blog', listed);
        await bot.offFor(-12 * 365 * DAY_MS);
        await bot.lookFor(91, 'other', ['other']);
        await bot.store.markSeen(listed, NOON / 1000);
        expect(await bot.store.purgeExpired()).toBe(listed.length);
      });

      test('a clock that is ahead for one start drops nothing from the ledger', async () => {
        const bot = await FeedBot.start(backend);
        await bot.store.fail([await claimOne(bot.store, 'dead letter')], '400');
        await bot.store.commit([await claimOne(bot.store, 'posted')]);
        await bot.lookFor(1);
        await bot.offFor(31 * DAY_MS);
        expect(await bot.store.ledger.filterUnknown(['dead letter', 'posted'])).toEqual([]);
      });
    });

    describe('a store whose feeds record no cycles', () => {
      test('time in which no store was open ages nothing by itself', async () => {
        const bot = await FeedBot.start(backend);
        await bot.store.markSeen(listed);
        await bot.restartAfter(8 * DAY_MS);
        await bot.store.markSeen('a sign of life');
        await bot.restartAfter(HOUR_MS);
        expect(await bot.store.filterUnseen(listed)).toEqual([]);
      });

      test.each([
        ['ahead by weeks', 21 * DAY_MS],
        ['ahead by years', 12 * 365 * DAY_MS],
        ['behind by weeks', -21 * DAY_MS],
        ['in 1970', 60_000 - NOON],
      ] as const)('a clock that is %s for one start forgets nothing by itself', async (_, error) => {
        const bot = await FeedBot.start(backend);
        await bot.store.markSeen(listed);
        await bot.restartAfter(HOUR_MS);
        await bot.restartAfter(error);
        await bot.store.markSeen('marked meanwhile');
        await bot.restartAfter(HOUR_MS);
        await bot.restartAfter(-error);
        await bot.restartAfter(HOUR_MS);
        expect(await bot.store.filterUnseen([...listed, 'marked meanwhile'])).toEqual([]);
      });

      test('the first feed of such a store with a cycle forgets nothing of a feed that has had none yet', async () => {
        const bot = await FeedBot.start(backend);
        await bot.store.markSeen([...listed, 'other']);
        await bot.restartAfter(8 * DAY_MS);
        await bot.lookFor(3, 'other', ['other']);
        expect(await bot.store.purgeExpired()).toBe(0);
        await bot.lookFor(4, 'other', ['other']);
        expect(await bot.store.purgeExpired()).toBe(listed.length);
      });

      test('a store that opens purges in the background what has expired by then', async () => {
        const bot = await FeedBot.start(backend);
        await bot.store.markSeen(['a', 'b'], NOON / 1000 - 8 * 86_400);
        await bot.store.markSeen('c');
        await bot.restartAfter(0);
        await expect
          .poll(() => bot.logger.of('seen_store_purged'), { timeout: 10_000 })
          .toMatchObject([{ fields: { deleted: 2 } }]);
        expect(await bot.store.filterUnseen(['a', 'b', 'c'])).toEqual(['a', 'b']);
      });
    });

    test('a TTL without end forgets nothing, and what is listed is still touched', async () => {
      const bot = await FeedBot.start(backend, { ttlDays: Infinity });
      await bot.store.markSeen('first', 1);
      await bot.store.markSeen(listed);
      await bot.lookFor(50);
      await bot.offFor(HOUR_MS);
      expect(await bot.store.purge()).toEqual({ deleted: 0, finished: true });
      expect(await bot.store.stats()).toMatchObject({ ttlDays: Infinity, oldest: new Date(1_000), rows: 21 });
      expect(await bot.store.countOlderThan(new Date(bot.clock.now() - 2 * DAY_MS))).toBe(1);
      expect(bot.logger.lines.filter(({ level }) => level === 'error')).toEqual([]);
    });
  });
}
