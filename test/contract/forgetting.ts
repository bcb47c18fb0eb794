import { describe, expect, test } from 'vitest';

import { noCounts, scopedId, type SeenStore } from '../../src/store/index.ts';
import { ids } from '../support/ids.ts';
import type { SettableClock } from '../support/settable-clock.ts';
import { DAY_MS, NOON } from '../support/times.ts';
import type { ContractBackend } from './backend.ts';
import { claimOne, lostBy, openOne } from './stores.ts';

/** The limits of what is forgotten, for every backend to keep. */
export function describeForgetting(backend: ContractBackend): void {
  describe(`forgetting, on ${backend.name}`, () => {
    describe('touch', () => {
      test('touching keeps what the feed still lists from expiring', async () => {
        const { one, clock } = await openOne(backend);
        await one.markSeen(['listed', 'gone']);
        for (let day = 1; day <= 10; day += 1) {
          clock.set(NOON + day * (DAY_MS + 1_000));
          await one.touch(['listed']);
        }
        expect(await one.purgeExpired()).toBe(1);
        expect(await one.filterUnseen(['listed', 'gone'])).toEqual(['gone']);
      });

      test('touching an id writes at most once a day', async () => {
        const { one, clock } = await openOne(backend);
        await one.markSeen('a');
        clock.set(NOON + DAY_MS);
        await one.touch(['a']);
        expect((await one.stats()).newest).toEqual(new Date(NOON));
        clock.set(NOON + DAY_MS + 1_000);
        await one.touch(['a', 'a']);
        expect((await one.stats()).newest).toEqual(new Date(NOON + DAY_MS + 1_000));
      });

      test('touching makes nothing seen, and nothing older', async () => {
        const { one } = await openOne(backend);
        await one.markSeen('ahead', NOON / 1000 + 500);
        await one.touch(['ahead', 'new']);
        await one.touch([]);
        expect(await one.filterUnseen(['ahead', 'new'])).toEqual(['new']);
        expect((await one.stats()).oldest).toEqual(new Date(NOON + 500_000));
      });
    });

    describe('old entries of the ledger', () => {
      test('posted items are dropped with their posts after 30 days, and their ids stay seen', async () => {
        const { one, clock, reopen } = await openOne(backend);
        await one.commit(await one.claim(['older by a moment']));
        clock.advance(1);
        const claim = await claimOne(one, 'a');
        await one.ledger.savePost(claim, 'channel', 'message');
        await one.commit([claim]);
        await watch(one, clock, 30 * DAY_MS);
        await one.markSeen('a');
        await expectDropped(await reopen(), ['older by a moment']);
        expect(await one.ledger.find('a')).toMatchObject({ posts: [{ messageId: 'message' }] });
        await watch(one, clock, 1);
        await expectDropped(await reopen(), ['a']);
        expect(await one.isSeen('a')).toBe(true);
        await one.purge({ olderThan: new Date(clock.now() + 1_000) });
        expect((await claimOne(one, 'a')).posts).toEqual([]);
      });

      test('dead letters are dropped after 30 days, but their items do not begin anew', async () => {
        const { one, clock, reopen } = await openOne(backend);
        const claim = await claimOne(one, 'a');
        await one.ledger.savePost(claim, 'one channel', 'message');
        await one.ledger.savePostFailure(claim, 'other channel', '403');
        await one.fail([claim], '403');
        await watch(one, clock, 30 * DAY_MS + 1);
        const later = await reopen();
        await expectDropped(later, ['a']);
        expect(await later.claim(['a'])).toEqual([]);
        expect(await later.isSeen('a')).toBe(true);
      });

      test('a key that an earlier version stored for a scoped feed leaves its scoped id seen, and is free itself', async () => {
        const { one, clock, reopen } = await openOne(backend);
        await one.scopes.assign('news', [['1']]);
        await one.scopes.assign('blog', [['1']]);
        await one.commit(await one.claim(['posted'], { feed: 'blog' }));
        await one.fail(await one.claim(['failed'], { feed: 'blog' }), '403');
        await one.commit(await one.claim(['plain'], { feed: 'news' }));
        await watch(one, clock, 30 * DAY_MS + 1);
        const keys = ['posted', 'failed', 'plain'];
        await one.markSeen(keys);
        const later = await reopen();
        await expectDropped(later, keys);
        expect(await later.filterUnseen(keys)).toEqual(['posted', 'failed']);
        const scoped = keys.map((key) => scopedId('blog', key));
        expect(await later.filterUnseen(scoped)).toEqual([scopedId('blog', 'plain')]);
      });

      test('items that still wait are kept, however long nobody comes for them', async () => {
        const { one, clock, reopen } = await openOne(backend);
        await one.release(await one.claim(['released', 'seen meanwhile']), { error: '500' });
        const claim = await claimOne(one, 'crashed', 'payload');
        await one.ledger.saveIntent(claim, 'channel');
        await watch(one, clock, 130 * DAY_MS);
        await one.markSeen('seen meanwhile');
        const later = await reopen();
        await expectDropped(later, ['seen meanwhile']);
        expect(await later.claimWaiting()).toMatchObject([
          { id: 'released', attempt: 2 },
          { id: 'crashed', payload: 'payload', posts: [{ state: 'open', intentAt: new Date(NOON) }] },
        ]);
      });

      test('items that somebody works on are kept, however old they are', async () => {
        const { one, clock, reopen } = await openOne(backend);
        const [busy] = await one.claim(['busy'], { leaseMs: 60 * DAY_MS });
        await one.markSeen('busy');
        await one.commit(await one.claim(['old']));
        await watch(one, clock, 31 * DAY_MS);
        await expectDropped(await reopen(), ['old']);
        expect(busy && (await lostBy(one.commit([busy])))).toBeNull();
      });

      test('old entries are dropped over many ranges, and no others are', async () => {
        const { one, clock, reopen } = await openOne(backend);
        const all = ids('id', 5_000);
        const claims = await one.claim(all);
        await one.commit(claims.filter((_, n) => n % 2 === 0));
        await watch(one, clock, 31 * DAY_MS);
        await one.commit(claims.filter((_, n) => n % 2 === 1));
        const even = all.filter((_, n) => n % 2 === 0);
        const later = await reopen();
        await expectDropped(later, even);
        expect(await later.ledger.filterUnknown(all)).toEqual(even);
      });
    });
  });
}

/** Lets time pass in which a feed is looked at each day. */
async function watch(store: SeenStore, clock: SettableClock, ms: number): Promise<void> {
  const look = (): Promise<void> => {
    const now = new Date(clock.now());
    return store.cycles.record({ feed: 'watched', startedAt: now, finishedAt: now, ...noCounts, total: 1 });
  };
  await look();
  for (let left = ms; left > 0; left -= DAY_MS) {
    clock.advance(Math.min(left, DAY_MS));
    await look();
  }
}

/** Retention runs in the background once a store is open. */
async function expectDropped(store: SeenStore, dropped: readonly string[]): Promise<void> {
  await expect.poll(() => store.ledger.filterUnknown(dropped), { timeout: 10_000 }).toEqual(dropped);
}
