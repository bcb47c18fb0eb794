import { describe, expect, test } from 'vitest';

import { SeenInputError, SeenStoreClosedError, type Claim } from '../../../src/store/index.ts';
import type { ContractBackend } from '../backend.ts';
import { claimOne, idsOf, openOne, openPair, openUntilFinished } from '../stores.ts';

/** The grant of claims with their payloads, for every backend to keep. */
export function describeGranting(backend: ContractBackend): void {
  describe(`granting claims, on ${backend.name}`, () => {
    test('a claim gives each item once, in the order of the requests, with growing tokens', async () => {
      const { one } = await openOne(backend);
      const claims = await one.claim(['c', { id: 'a', payload: { n: 1 } }, 'b', 'c'], { feed: 'filings' });
      expect(claims).toMatchObject([
        { id: 'c', feed: 'filings', attempt: 1, payload: undefined, enrichment: undefined, posts: [] },
        { id: 'a', payload: { n: 1 } },
        { id: 'b' },
      ]);
      const later = await claimOne(one, 'd');
      expect(later.token).toBeGreaterThan(Math.max(...claims.map(({ token }) => token)));
    });

    test('a claim leaves out what is seen, what is leased to anybody, and what failed', async () => {
      const { one, other } = await openPair(backend);
      await one.markSeen('seen');
      await claimOne(one, 'own');
      await claimOne(other, 'foreign');
      await other.fail([await claimOne(other, 'dead letter')], 'too often');
      expect(idsOf(await one.claim(['seen', 'own', 'foreign', 'dead letter', 'free']))).toEqual(['free']);
    });

    test('a claim of nothing gives nothing', async () => {
      const { one } = await openOne(backend);
      expect(await one.claim([])).toEqual([]);
      expect(await one.claimWaiting()).toEqual([]);
    });

    test('claimed ids are kept to the letter', async () => {
      const { one, other } = await openPair(backend);
      const odd = ["it's", '"quoted"', 'a\nb', '😀', '1e3', '007', '[1]', 'null', ' a ', '{"id":"x"}', '\u2028'];
      odd.push('😀'.repeat(256), '漢'.repeat(512), 'a\\,{}"b', '\u007f', 'Ａ', 'a', 'A');
      expect(idsOf(await one.claim(odd))).toEqual(odd);
      expect(idsOf(await other.claim([...odd, '7', 'x']))).toEqual(['7', 'x']);
    });

    test('an item keeps the feed that claimed it first', async () => {
      const { one } = await openOne(backend);
      const [first] = await one.claim(['a'], { feed: 'filings' });
      await one.release([first as Claim]);
      expect(await one.claim(['a'], { feed: 'other' })).toMatchObject([{ feed: 'filings' }]);
    });

    test('a closed store grants nothing and says so', async () => {
      const store = await openUntilFinished(backend);
      await store.close();
      await expect(store.claim(['a'])).rejects.toThrow(SeenStoreClosedError);
      await expect(store.claim([])).rejects.toThrow(SeenStoreClosedError);
      await expect(store.claimWaiting()).rejects.toThrow(SeenStoreClosedError);
      await expect(store.commit([])).rejects.toThrow(SeenStoreClosedError);
    });

    describe('input that cannot work', () => {
      const loop: Record<string, unknown> = {};
      loop['self'] = loop;
      const payloads = [1n, loop, { deep: [2n] }, () => 1, Symbol('s')];

      test.each(payloads.map((payload) => [typeof payload, payload]))(
        'a payload of type %s is refused, and nothing of its batch is claimed',
        async (_, payload) => {
          const { one } = await openOne(backend);
          await expect(one.claim(['good', { id: 'bad', payload }])).rejects.toThrow(SeenInputError);
          expect(await one.ledger.find('good')).toBeNull();
        },
      );

      test.each([[''], ['a\0'], ['\ud800'], [7 as unknown as string]])(
        'the id %j is refused, and nothing of its batch is claimed',
        async (id) => {
          const { one } = await openOne(backend);
          await expect(one.claim(['good', { id }])).rejects.toThrow(SeenInputError);
          expect(await one.ledger.find('good')).toBeNull();
        },
      );

      test.each([[0], [-1], [Number.NaN], [Number.POSITIVE_INFINITY]])(
        'a lease of %d ms is refused',
        async (leaseMs) => {
          const { one } = await openOne(backend);
          await expect(one.claim(['a'], { leaseMs })).rejects.toThrow(SeenInputError);
          const claim = await claimOne(one, 'a');
          await expect(one.renew([claim], { leaseMs })).rejects.toThrow(SeenInputError);
          await expect(one.claimWaiting({ leaseMs })).rejects.toThrow(SeenInputError);
        },
      );

      test('a limit below 1 and a retry at no date are refused', async () => {
        const { one } = await openOne(backend);
        for (const limit of [0, -1, 1.5, Number.NaN]) {
          await expect(one.claimWaiting({ limit })).rejects.toThrow(SeenInputError);
        }
        const claim = await claimOne(one, 'a');
        const retryAt = new Date(Number.NaN);
        await expect(one.release([claim], { retryAt })).rejects.toThrow(SeenInputError);
        await one.commit([claim]);
      });
    });

    describe('payloads', () => {
      const deep = JSON.parse(`${'['.repeat(1_500)}${']'.repeat(1_500)}`) as unknown;
      const payloads = [null, false, 0, '', 'a\0b', '\ud800', '😀', 0.1, 1e300, { a: [{ b: null }] }, [], deep];

      test('payloads come back as they were given', async () => {
        const { one, other } = await openPair(backend);
        const requests = payloads.map((payload, n) => ({ id: `item-${n}`, payload }));
        const claims = await one.claim(requests);
        expect(claims.map(({ payload }) => payload)).toEqual(payloads);
        await one.release(claims);
        expect((await other.claim(idsOf(claims))).map(({ payload }) => payload)).toEqual(payloads);
      });

      test('a later request keeps the payload if it has none, and replaces it if it has another', async () => {
        const { one } = await openOne(backend);
        const claim = await claimOne(one, 'a', 'first');
        await one.release([claim]);
        const again = await claimOne(one, 'a');
        expect(again.payload).toBe('first');
        await one.release([again]);
        expect((await claimOne(one, 'a', 'second')).payload).toBe('second');
      });

      test('an id that is named twice keeps the payload of either request', async () => {
        const { one } = await openOne(backend);
        const requests = [{ id: 'a', payload: 1 }, 'a', 'b', { id: 'b', payload: 2 }];
        expect((await one.claim(requests)).map(({ payload }) => payload)).toEqual([1, 2]);
      });
    });
  });
}
