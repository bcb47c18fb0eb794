import { describe, expect, test } from 'vitest';

import { SeenInputError, type Claim } from '../../../src/store/index.ts';
import { turnsDuring } from '../../support/event-loop.ts';
import { ids } from '../../support/ids.ts';
import { NOON } from '../../support/times.ts';
import type { ContractBackend } from '../backend.ts';
import { claimOne, idsOf, lostBy, openOne, openPair } from '../stores.ts';
import { endings } from './endings.ts';

const COUNT = 2_100;
const many = ids('item', COUNT);

/** Batches that are too large for one turn of the event loop, for every backend to keep. */
export function describeBatches(backend: ContractBackend): void {
  describe(`large batches, on ${backend.name}`, () => {
    test('claims of a large batch come in the order of the requests, each id once', async () => {
      const { one } = await openOne(backend);
      const requests = [...many.toReversed(), ...many].map((id) => ({ id, payload: `of ${id}` }));
      const claims = await one.claim(requests);
      expect(idsOf(claims)).toEqual(many.toReversed());
      expect(claims.every(({ id, payload }) => payload === `of ${id}`)).toBe(true);
    });

    test('one request that cannot work refuses the whole batch, wherever it is', async () => {
      const { one } = await openOne(backend);
      const requests = [...many, { id: 'bad', payload: 1n }, 'last'];
      await expect(one.claim(requests)).rejects.toThrow(/the payload of bad/);
      await expect(one.claim([...many, ''])).rejects.toThrow(SeenInputError);
      expect(await one.ledger.filterUnknown(many)).toHaveLength(COUNT);
    });

    test('a batch that its caller changes afterwards is claimed as it was', async () => {
      const { one } = await openOne(backend);
      const requests = [...many];
      const claims = one.claim(requests);
      requests.fill('changed');
      expect(idsOf(await claims)).toEqual(many);
    });

    test('two that claim the same large batch share no item', async () => {
      const { one, other } = await openPair(backend);
      const granted = await Promise.all([one.claim(many), other.claim(many.toReversed())]);
      expect(granted.flatMap(idsOf).toSorted()).toEqual(many.toSorted());
    });

    test.each(endings.filter(([name]) => name !== 'fail'))(
      'a large batch of which some are lost, or are named twice: %s',
      async (_, end) => {
        const { one, other, clock } = await openPair(backend);
        const claims = await one.claim(many);
        clock.advance(60_000);
        const taken = ['item-00001', 'item-01500', 'item-02050'];
        await other.claim(taken);
        expect((await lostBy(end(one, [...claims, ...claims])))?.map(({ id }) => id)).toEqual(taken);
      },
    );

    test('what waits is claimed up to the limit, also a large one', async () => {
      const { one, other } = await openPair(backend);
      await one.release(await one.claim(many));
      expect(await other.claimWaiting({ limit: 1_700 })).toHaveLength(1_700);
      expect(await other.claimWaiting({ limit: COUNT })).toHaveLength(COUNT - 1_700);
      expect(await other.claimWaiting({ limit: COUNT })).toEqual([]);
    });

    test.each<[string, (claims: readonly Claim[]) => Date | undefined]>([
      ['at once', () => undefined],
      ['at the same time', () => new Date(NOON)],
    ])('many items that wait for their retry %s are all counted', async (_, retryAt) => {
      const { one, other } = await openPair(backend);
      const [filings, polls] = [await one.claim(many, { feed: 'filings' }), await one.claim(['p1', 'p2', 'p3'])];
      await one.release(filings, { error: '500', retryAt: retryAt(filings) });
      await one.release(polls.slice(1));
      await one.markSeen(many.slice(0, 10));
      expect(await other.ledger.counts()).toEqual({ waiting: COUNT - 10 + 2, active: 1, failed: 0 });
    });

    test('the event loop runs while a large batch is claimed, renewed and marked', async () => {
      const { one } = await openOne(backend);
      await one.markSeen('first');
      const claims = await one.claim(many);
      const least = Math.ceil(COUNT / 1_000);
      expect(await turnsDuring(one.renew(claims))).toBeGreaterThanOrEqual(least);
      expect(await turnsDuring(one.claim(ids('other', COUNT)))).toBeGreaterThanOrEqual(least);
      expect(await turnsDuring(one.markSeen(many))).toBeGreaterThanOrEqual(least);
      expect(await turnsDuring(one.touch(many))).toBeGreaterThanOrEqual(least);
    });

    test('a mark of many ids marks each of them, or none', async () => {
      const { one } = await openOne(backend);
      await expect(one.markSeen([...many, '\0'])).rejects.toThrow(SeenInputError);
      expect(await one.filterUnseen(many)).toHaveLength(COUNT);
      await one.markSeen([...many, ...many]);
      expect(await one.filterUnseen(many)).toEqual([]);
    });

    test('a claim of the other items goes on where one of them is somebody else’s', async () => {
      const { one, other } = await openPair(backend);
      await claimOne(other, 'item-01200');
      expect(idsOf(await one.claim(many))).toEqual(many.filter((id) => id !== 'item-01200'));
    });
  });
}
