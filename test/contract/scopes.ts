import { describe, expect, test } from 'vitest';

import { noCounts, scopedId, SeenInputError, type SeenStore } from '../../src/store/index.ts';
import { ids } from '../support/ids.ts';
import { DAY_MS, NOON } from '../support/times.ts';
import type { ContractBackend } from './backend.ts';
import { claimOne, openOne, openPair } from './stores.ts';

/** Items of one id each. */
const itemsOf = (keys: readonly string[]): string[][] => keys.map((key) => [key]);

const recordCycle = (store: SeenStore, feed: string): Promise<void> =>
  store.cycles.record({ ...noCounts, feed, startedAt: new Date(NOON), finishedAt: new Date(NOON), total: 1 });

/** The ids of each feed as they are stored, for every backend to keep. */
export function describeScopes(backend: ContractBackend): void {
  describe(`scopes, on ${backend.name}`, () => {
    test('the first feed is plain, every other one is scoped, and that stays', async () => {
      const { one, other, reopen } = await openPair(backend);
      expect(await one.scopes.find('news')).toBeNull();
      expect(await one.scopes.assign('news', [['1']])).toEqual({ feed: 'news', isPlain: true });
      expect(await other.scopes.assign('blog', [['1']])).toEqual({ feed: 'blog', isPlain: false });
      expect(await other.scopes.assign('a', [['2']])).toEqual({ feed: 'a', isPlain: false });
      await Promise.all([one.close(), other.close()]);
      const again = await reopen();
      expect(await again.scopes.assign('news', [['other']])).toEqual({ feed: 'news', isPlain: true });
      expect(await again.scopes.find('blog')).toEqual({ feed: 'blog', isPlain: false });
      expect((await again.scopes.list()).map(({ feed }) => feed)).toEqual(['news', 'a', 'blog']);
    });

    test('one feed becomes plain, however many ask at the same time', async () => {
      const { one, other } = await openPair(backend);
      const asking = ids('feed', 6).flatMap((feed) => [one, other].map((store) => store.scopes.assign(feed, [['1']])));
      const assigned = await Promise.all(asking);
      const plain = new Set(assigned.filter(({ isPlain }) => isPlain).map(({ feed }) => feed));
      expect(plain.size).toBe(1);
      expect((await one.scopes.list()).filter(({ isPlain }) => isPlain)).toHaveLength(1);
    });

    test.each([
      ['no items', [], /items is empty/],
      ['an id that cannot be one', [['a', '']], /id at index 1 is empty/],
      ['items that are no lists', ['a'] as never, /must be an array/],
    ])('%s assign nothing', async (_, items, message) => {
      const { one } = await openOne(backend);
      const assigning = one.scopes.assign('news', items);
      await expect(assigning).rejects.toThrow(SeenInputError);
      await expect(assigning).rejects.toThrow(message);
      expect(await one.scopes.list()).toEqual([]);
    });

    describe('ids that an earlier bot left', () => {
      const left = ids('old', 20);
      const scoped = (feed: string, keys: readonly string[]): string[] => keys.map((key) => scopedId(feed, key));

      async function openWithIds() {
        const owner = await openOne(backend);
        await owner.one.markSeen(left);
        return owner.one;
      }

      test('count for the feed that lists them, and for no other', async () => {
        const store = await openWithIds();
        expect(await store.scopes.assign('owner', itemsOf([...left, 'new']))).toMatchObject({ isPlain: true });
        await store.scopes.assign('blog', itemsOf(left.slice(0, 5)));
        expect(await store.filterUnseen(scoped('blog', left))).toEqual(scoped('blog', left));
      });

      test('count for a feed that has moved on entirely, when it is the first', async () => {
        const store = await openWithIds();
        expect(await store.scopes.assign('owner', itemsOf(['new']))).toMatchObject({ isPlain: true });
        expect(await store.filterUnseen(left)).toEqual([]);
      });

      test.each([
        ['none of them', ['1', '2']],
        ['a few of them', [...left.slice(0, 2), '1', '2', '3']],
      ])('count for a later feed that lists them, when the first one listed %s', async (_, first) => {
        const store = await openWithIds();
        expect(await store.scopes.assign('first', itemsOf(first))).toMatchObject({ isPlain: true });
        expect(await store.scopes.assign('owner', itemsOf([...left.slice(5), 'new']))).toMatchObject({
          isPlain: false,
        });
        expect(await store.filterUnseen(scoped('owner', [...left, 'new']))).toEqual(scoped('owner', ['new']));
        await store.scopes.assign('third', itemsOf(left.slice(5, 10)));
        expect(await store.filterUnseen(scoped('third', left))).toEqual(scoped('third', left));
      });

      test('are copied over many ranges, also when the end of the store ends that halfway', async () => {
        const { one, reopen } = await openOne(backend);
        const many = ids('old', 9_000);
        await one.markSeen(many);
        await one.scopes.assign('first', itemsOf(['1']));
        const ended = one.scopes.assign('owner', itemsOf(many.slice(0, 10))).catch(() => undefined);
        await one.close();
        await ended;
        const store = await reopen();
        expect((await store.scopes.list()).map(({ feed }) => feed)).toContain('first');
        await store.scopes.assign('owner', itemsOf(many.slice(0, 10)));
        expect(await store.scopes.find('owner')).toEqual({ feed: 'owner', isPlain: false });
        expect(await store.filterUnseen(scoped('owner', many))).toEqual([]);
        expect(await store.stats()).toMatchObject({ rows: 18_000 });
      });

      test('have become those of the first feed a week later, so that a feed that is added then begins anew', async () => {
        const { one, clock } = await openOne(backend);
        await one.markSeen(left);
        await one.scopes.assign('first', itemsOf(['1']));
        clock.advance(7 * DAY_MS);
        await one.scopes.assign('added', itemsOf(left));
        expect(await one.filterUnseen(scoped('added', left))).toEqual(scoped('added', left));
      });

      test('are not taken for those that the first feed has posted since', async () => {
        const store = await openWithIds();
        await store.scopes.assign('first', itemsOf(['1']));
        await store.commit(await store.claim(['1', '2'], { feed: 'first' }));
        await store.scopes.assign('later', itemsOf(['1', '2', '3']));
        expect(await store.filterUnseen(scoped('later', ['1', '2', ...left]))).toEqual(
          scoped('later', ['1', '2', ...left]),
        );
      });

      test('are found under any id of an item, such as its link', async () => {
        const store = await openWithIds();
        await store.scopes.assign('first', itemsOf(['1', '2', ...left.slice(0, 1)]));
        const listed = left.slice(0, 4).map((id, n) => [`key ${n}`, `link ${n}`, id]);
        await store.scopes.assign('owner', listed);
        expect(await store.filterUnseen(scoped('owner', left))).toEqual([]);
      });
    });

    describe('a first run', () => {
      test('is that of a scoped feed, also while the first feed is in the middle of its own', async () => {
        const { one } = await openOne(backend);
        await one.scopes.assign('news', [['1']]);
        await one.markSeen('1');
        await one.scopes.assign('blog', [['1']]);
        expect(await one.cycles.isFirst('blog')).toBe(true);
        await recordCycle(one, 'blog');
        expect(await one.cycles.isFirst('blog')).toBe(false);
      });

      test('is that of the first feed, also when another one was quicker to mark', async () => {
        const { one } = await openOne(backend);
        await one.scopes.assign('news', [['1']]);
        await one.scopes.assign('blog', [['1']]);
        await one.markSeen(scopedId('blog', '1'));
        expect(await one.cycles.isFirst('news')).toBe(true);
      });

      test('is not that of the first feed on ids of an earlier bot, whoever they turn out to belong to', async () => {
        const { one } = await openOne(backend);
        await one.markSeen(['1', '2']);
        await one.scopes.assign('first', [['a']]);
        await one.scopes.assign('owner', [['1'], ['2']]);
        await recordCycle(one, 'first');
        expect(await one.cycles.isFirst('first')).toBe(false);
        expect(await one.filterUnseen(['1', '2'].map((key) => scopedId('owner', key)))).toEqual([]);
      });
    });

    describe('items that an earlier version claimed under the key alone', () => {
      /** A database in which a scoped feed has claimed keys as they are, as a bot of 0.1.0 beside this one would. */
      async function openWithClaimed() {
        const { one } = await openOne(backend);
        await one.scopes.assign('news', [['1']]);
        await one.scopes.assign('blog', [['1']]);
        await one.claim(['7', '8'], { feed: 'blog' });
        await one.claim(['9'], { feed: 'news' });
        return one;
      }

      test('are exceptions to both feeds: the scoped one keeps them, the plain one leaves them alone', async () => {
        const store = await openWithClaimed();
        const keys = ['9', '8', '7', '6', '8'];
        expect(await store.scopes.filterExceptions('blog', keys)).toEqual(['8', '7']);
        expect(await store.scopes.filterExceptions('news', keys)).toEqual(['8', '7']);
        expect(await store.scopes.filterExceptions('unknown', keys)).toEqual([]);
      });

      test('are none of the keys that can be no ids', async () => {
        const store = await openWithClaimed();
        const keys = ['', '7\0', '\0', '\ud800', 'x'.repeat(1_000)];
        expect(await store.scopes.filterExceptions('blog', keys)).toEqual([]);
        expect(await store.scopes.filterExceptions('news', keys)).toEqual([]);
      });
    });

    test('everything about scopes is refused once the store is closed', async () => {
      const { one } = await openOne(backend);
      await claimOne(one, 'a');
      await one.close();
      await expect(one.scopes.find('news')).rejects.toThrow(/closed/);
      await expect(one.scopes.list()).rejects.toThrow(/closed/);
      await expect(one.scopes.assign('news', [['1']])).rejects.toThrow(/closed/);
      await expect(one.scopes.filterExceptions('news', ['1'])).rejects.toThrow(/closed/);
    });
  });
}
