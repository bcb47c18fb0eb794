import { describe, expect, test } from 'vitest';

import { SeenClaimLostError } from '../../../src/store/index.ts';
import type { ContractBackend } from '../backend.ts';
import { claimOne, idsOf, openOne, openPair } from '../stores.ts';

/** Faults that other feed bots have had, for no backend to repeat. */
export function describeKnownFaults(backend: ContractBackend): void {
  describe(`faults of other feed bots, on ${backend.name}`, () => {
    test('a release by one who is no longer the owner frees nothing', async () => {
      const { one, other, clock } = await openPair(backend);
      const late = await claimOne(one, 'a');
      clock.advance(60_000);
      await claimOne(other, 'a');
      await expect(one.release([late])).rejects.toThrow(SeenClaimLostError);
      expect(await one.claim(['a'])).toEqual([]);
    });

    test.each([-1, 1])('a token that nobody was given frees nothing (%d)', async (step) => {
      const { one, other } = await openPair(backend);
      const claim = await claimOne(one, 'a');
      const forged = { ...claim, token: claim.token + step };
      await expect(other.release([forged])).rejects.toThrow(SeenClaimLostError);
      expect(await other.claim(['a'])).toEqual([]);
    });

    test('a late commit does not mark as seen what the present owner has not yet posted', async () => {
      const { one, other, clock } = await openPair(backend);
      const late = await claimOne(one, 'a');
      clock.advance(60_000);
      const present = await claimOne(other, 'a');
      await expect(one.commit([late])).rejects.toThrow(SeenClaimLostError);
      expect(await one.isSeen('a')).toBe(false);
      await other.release([present], { error: '500' });
      expect(idsOf(await one.claimWaiting())).toEqual(['a']);
    });

    test('a live lease is not stolen by who comes later, restarts, or asks often', async () => {
      const { one, other, clock, reopen } = await openPair(backend);
      await claimOne(one, 'a');
      for (const store of [other, await reopen(), await reopen(), one]) {
        expect(await store.claim(['a'])).toEqual([]);
        expect(await store.claimWaiting()).toEqual([]);
      }
      clock.advance(59_999);
      expect(await (await reopen()).claimWaiting()).toEqual([]);
    });

    test('a crash leaves no claim for ever', async () => {
      const { one, clock, reopen } = await openOne(backend);
      await claimOne(one, 'a', 'payload');
      await one.close();
      clock.advance(60_000);
      expect(await (await reopen()).claimWaiting()).toMatchObject([{ id: 'a', payload: 'payload', attempt: 1 }]);
    });

    test('an attempt that ended with its process counts once it had begun, and not for the items beside it', async () => {
      const { one, clock, reopen } = await openOne(backend);
      const [begun] = await one.claim(['begun', 'beside']);
      if (begun === undefined) throw new Error('nothing was granted');
      await one.ledger.begin(begun);
      await one.close();
      clock.advance(60_000);
      const next = await (await reopen()).claim(['begun', 'beside']);
      expect(next.map(({ id, attempt }) => [id, attempt])).toEqual([
        ['begun', 2],
        ['beside', 1],
      ]);
    });

    test('a job that failed does not block its own retry', async () => {
      const { one } = await openOne(backend);
      for (let attempt = 1; attempt <= 20; attempt += 1) {
        const claim = await claimOne(one, 'a');
        expect(claim.attempt).toBe(attempt);
        await one.release([claim], { error: `attempt ${attempt}` });
      }
      expect(await one.filterUnseen(['a'])).toEqual(['a']);
    });
  });
}
