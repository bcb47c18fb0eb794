import { describe, expect, test } from 'vitest';

import type { SeenStore } from '../../src/store/index.ts';
import { DAY_MS, NOON } from '../support/settable-clock.ts';
import type { Backend } from './backend.ts';
import { claimOne, idsOf, lostBy, openPair } from './stores.ts';

/** What may be forgotten and what may not, for every backend to keep. */
export function describeForgetting(backend: Backend): void {
  describe(`forgetting, on ${backend.name}`, () => {
    describe('touch', () => {
      test('keeps what the feed still lists from expiring', async () => {
        const { one, clock } = await openPair(backend);
        await one.markSeen(['listed', 'gone']);
        for (let day = 1; day <= 10; day += 1) {
          clock.set(NOON + day * (DAY_MS + 1_000));
          await one.touch(['listed']);
        }
        expect(await one.purgeExpired()).toBe(1);
        expect(await one.filterUnseen(['listed', 'gone'])).toEqual(['gone']);
      });

      test('writes at most once a day for an id', async () => {
        const { one, clock } = await openPair(backend);
        await one.markSeen('a');
        clock.set(NOON + DAY_MS);
        await one.touch(['a']);
        expect((await one.stats()).newest).toEqual(new Date(NOON));
        clock.set(NOON + DAY_MS + 1_000);
        await one.touch(['a', 'a']);
        expect((await one.stats()).newest).toEqual(new Date(NOON + DAY_MS + 1_000));
      });

      test('makes nothing seen, and nothing older', async () => {
        const { one } = await openPair(backend);
        await one.markSeen('ahead', NOON / 1000 + 500);
        await one.touch(['ahead', 'new']);
        await one.touch([]);
        expect(await one.filterUnseen(['ahead', 'new'])).toEqual(['new']);
        expect((await one.stats()).oldest).toEqual(new Date(NOON + 500_000));
      });
    });

    describe('a purge of seen ids', () => {
      test('touches no claim, no retry and no dead letter', async () => {
        const { one, other } = await openPair(backend);
        const leased = await claimOne(one, 'leased');
        await one.release([await claimOne(one, 'released')], { error: '500', retryAt: new Date(NOON + 1) });
        await one.fail([await claimOne(one, 'failed')], 'no');
        await one.markSeen('seen', 1);
        expect(await one.purge({ olderThan: new Date(NOON) })).toEqual({ deleted: 1, finished: true });
        expect(idsOf(await other.claim(['leased', 'released', 'failed', 'seen']))).toEqual(['seen']);
        await one.commit([leased]);
      });
    });

    describe('old records', () => {
      test('of posted items are dropped with their posts after 30 days, and the ids stay seen', async () => {
        const { one, clock, reopen } = await openPair(backend);
        await one.commit(await one.claim(['older by a moment']));
        clock.advance(1);
        const claim = await claimOne(one, 'a');
        await one.ledger.savePost(claim, 'channel', 'message');
        await one.commit([claim]);
        clock.advance(30 * DAY_MS);
        await one.markSeen('a');
        await expectDropped(await reopen(), ['older by a moment']);
        expect(await one.ledger.find('a')).toMatchObject({ posts: [{ messageId: 'message' }] });
        clock.advance(1);
        await expectDropped(await reopen(), ['a']);
        expect(await one.isSeen('a')).toBe(true);
        await one.purge({ olderThan: new Date(clock.now() + 1_000) });
        expect((await claimOne(one, 'a')).posts).toEqual([]);
      });

      test('of dead letters are dropped, but the items do not begin anew', async () => {
        const { one, clock, reopen } = await openPair(backend);
        const claim = await claimOne(one, 'a');
        await one.ledger.savePost(claim, 'one channel', 'message');
        await one.ledger.savePostFailure(claim, 'other channel', '403');
        await one.fail([claim], '403');
        clock.advance(30 * DAY_MS + 1);
        const later = await reopen();
        await expectDropped(later, ['a']);
        expect(await later.claim(['a'])).toEqual([]);
        expect(await later.isSeen('a')).toBe(true);
      });

      test('of items that still wait are kept, however long nobody came for them', async () => {
        const { one, clock, reopen } = await openPair(backend);
        await one.release(await one.claim(['released', 'seen meanwhile']), { error: '500' });
        const claim = await claimOne(one, 'crashed', 'payload');
        await one.ledger.saveIntent(claim, 'channel');
        clock.advance(400 * DAY_MS);
        await one.markSeen('seen meanwhile');
        const later = await reopen();
        await expectDropped(later, ['seen meanwhile']);
        expect(await later.claimWaiting()).toMatchObject([
          { id: 'crashed', payload: 'payload', posts: [{ state: 'open', intentAt: new Date(NOON) }] },
          { id: 'released', attempt: 2 },
        ]);
      });

      test('of items that somebody works on are kept', async () => {
        const { one, clock, reopen } = await openPair(backend);
        const [busy] = await one.claim(['busy'], { leaseMs: 60 * DAY_MS });
        await one.markSeen('busy');
        await one.commit(await one.claim(['old']));
        clock.advance(31 * DAY_MS);
        await expectDropped(await reopen(), ['old']);
        expect(busy && (await lostBy(one.commit([busy])))).toBeNull();
      });

      test('are dropped over many ranges, and nothing else is', async () => {
        const { one, clock, reopen } = await openPair(backend);
        const ids = Array.from({ length: 5_000 }, (_, n) => `id-${n}`);
        const claims = await one.claim(ids);
        await one.commit(claims.filter((_, n) => n % 2 === 0));
        clock.advance(31 * DAY_MS);
        await one.commit(claims.filter((_, n) => n % 2 === 1));
        const even = ids.filter((_, n) => n % 2 === 0);
        const later = await reopen();
        await expectDropped(later, even);
        expect(await later.ledger.filterUnknown(ids)).toEqual(even);
      });
    });
  });
}

/** Retention runs in the background once a store is open. */
async function expectDropped(store: SeenStore, ids: readonly string[]): Promise<void> {
  await expect.poll(() => store.ledger.filterUnknown(ids), { timeout: 10_000 }).toEqual(ids);
}
