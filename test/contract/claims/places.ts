import { describe, expect, test } from 'vitest';

import type { Claim, SeenStore } from '../../../src/store/index.ts';
import { ids } from '../../support/ids.ts';
import { MINUTE_MS, NOON } from '../../support/times.ts';
import type { ContractBackend } from '../backend.ts';
import { claimOne, idsOf, openPair } from '../stores.ts';

const placesOf = (claims: readonly Claim[]): unknown[] =>
  claims.map(({ id, place }) => [id, place.token, place.index] as const);

/** The place of each item in the order of its feed, for every backend to keep. */
export function describePlaces(backend: ContractBackend): void {
  describe(`places, on ${backend.name}`, () => {
    test('an item keeps the place of its first claim through retries, takeovers and dead letters', async () => {
      const { one, other, clock } = await openPair(backend);
      const [first, second] = await one.claim(['b', 'a']);
      const expected = placesOf([first, second] as Claim[]);
      expect([first?.place, second?.place]).toEqual([
        { token: first?.token, index: 0 },
        { token: first?.token, index: 1 },
      ]);
      await one.fail([first as Claim], 'no');
      await one.ledger.retry(['b']);
      clock.advance(MINUTE_MS);
      expect(placesOf(await other.claim(['c', 'b', 'a'])).slice(1)).toEqual(expected);
    });

    test('places tell the order of the first claims although the clock is set back', async () => {
      const { one, other, clock } = await openPair(backend);
      const early = await claimOne(one, 'early');
      clock.advance(-60 * MINUTE_MS);
      const late = await claimOne(other, 'late');
      expect(late.place.token).toBeGreaterThan(early.place.token);
    });

    test('items whose pause ends at the same moment come in the order of their places, a part at a time', async () => {
      const { one, other, clock } = await openPair(backend);
      const end = { retryAt: new Date(NOON + 10 * MINUTE_MS) };
      // The clock steps back, the later items are claimed again and again, and names say nothing about the order.
      await one.release(await one.claim(['z', 'm', 'y']), end);
      clock.advance(-5 * MINUTE_MS);
      await one.release(await one.claim(['c', 'x', 'a']), end);
      clock.advance(15 * MINUTE_MS);
      const again = await one.claim(['y', 'z']);
      await one.release(again, { retryAt: new Date(NOON + 30 * MINUTE_MS) });
      await one.release(await one.claim(['a', 'c', 'm', 'x']), { retryAt: new Date(NOON + 30 * MINUTE_MS) });
      clock.advance(20 * MINUTE_MS);
      const parts: string[][] = [];
      for (let part = 0; part < 3; part += 1) parts.push(idsOf(await other.claimWaiting({ limit: 2 })));
      expect(parts).toEqual([
        ['z', 'm'],
        ['y', 'c'],
        ['x', 'a'],
      ]);
    });

    test('a batch of thousands, claimed in parts, has places in the order of its requests', async () => {
      const { one } = await openPair(backend);
      const wanted = ids('item', 2_500);
      const claims = await one.claim(wanted);
      const inOrder = claims.toSorted((a, b) => a.place.token - b.place.token || a.place.index - b.place.index);
      expect(idsOf(inOrder)).toEqual(wanted);
    });
  });

  describe(`isBehindOtherOwner, on ${backend.name}`, () => {
    const openThree = async (): Promise<{
      readonly one: SeenStore;
      readonly other: SeenStore;
      readonly early: Claim;
      readonly late: Claim;
      readonly advance: (ms: number) => void;
    }> => {
      const { one, other, clock } = await openPair(backend);
      const early = await claimOne(one, 'early');
      return { one, other, early, late: await claimOne(other, 'late'), advance: clock.advance.bind(clock) };
    };

    test('a claim is behind another while an earlier item of its feed is under the lease of another owner', async () => {
      const { one, other, early, late } = await openThree();
      expect(await other.isBehindOtherOwner(late)).toBe(true);
      expect(await one.isBehindOtherOwner(early)).toBe(false);
      await one.commit([early]);
      expect(await other.isBehindOtherOwner(late)).toBe(false);
    });

    test('earlier items in the order of one call, and no later ones, are before a claim', async () => {
      const { one, other } = await openPair(backend);
      const [first, second, third] = await one.claim(['1', '2', '3']);
      await one.release([second as Claim]);
      const [taken] = await other.claim(['2']);
      expect(await other.isBehindOtherOwner(taken as Claim)).toBe(true);
      await one.commit([first as Claim]);
      expect(await other.isBehindOtherOwner(taken as Claim)).toBe(false);
      expect(await one.isBehindOtherOwner(third as Claim)).toBe(true);
    });

    test.for<readonly [string, (store: SeenStore, early: Claim) => Promise<void>]>([
      [
        'waits for its retry',
        (store, claim) => store.release([claim], { error: '500', retryAt: new Date(NOON + 9e6) }),
      ],
      ['was given back', (store, claim) => store.release([claim])],
      ['is a dead letter', (store, claim) => store.fail([claim], 'no')],
      ['was posted', (store, claim) => store.commit([claim])],
    ])('an earlier item that %s is before nobody', async ([, end]) => {
      const { one, other, early, late } = await openThree();
      await end(one, early);
      expect(await other.isBehindOtherOwner(late)).toBe(false);
    });

    test('a lease that ran out, or of another feed, is before nobody', async () => {
      const { one, other, late, advance } = await openThree();
      advance(MINUTE_MS);
      expect(await other.isBehindOtherOwner(late)).toBe(false);
      await one.claim(['of news'], { feed: 'news' });
      const [blog] = await other.claim(['of the blog'], { feed: 'blog' });
      expect(await other.isBehindOtherOwner(blog as Claim)).toBe(false);
    });
  });
}
