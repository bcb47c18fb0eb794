import { describe, expect, test } from 'vitest';

import { SeenClaimLostError, type Claim } from '../../../src/store/index.ts';
import { NOON } from '../../support/times.ts';
import type { ContractBackend } from '../backend.ts';
import { claimOne, idsOf, lostBy, openOne, openPair } from '../stores.ts';
import { endings } from './endings.ts';

/** The leases of claims, for every backend to keep. */
export function describeLeases(backend: ContractBackend): void {
  describe(`leases, on ${backend.name}`, () => {
    test('nobody gets an item before its lease has run out, and then the first who asks gets it', async () => {
      const { one, other, clock } = await openPair(backend);
      const [first] = await one.claim(['a'], { leaseMs: 1_000 });
      clock.advance(999);
      expect(await other.claim(['a'])).toEqual([]);
      expect(await other.claimWaiting()).toEqual([]);
      clock.advance(1);
      const second = await claimOne(other, 'a');
      expect(second.token).toBeGreaterThan(first?.token ?? Infinity);
      expect(await one.claim(['a'])).toEqual([]);
    });

    test('a lease lasts a minute by default, and is rounded up to whole milliseconds', async () => {
      const { one } = await openOne(backend);
      await claimOne(one, 'a');
      await one.claim(['b'], { leaseMs: 0.5 });
      expect((await one.ledger.find('a'))?.leaseUntil).toEqual(new Date(NOON + 60_000));
      expect((await one.ledger.find('b'))?.leaseUntil).toEqual(new Date(NOON + 1));
    });

    test('a renewed lease counts from now, and keeps everybody else away', async () => {
      const { one, other, clock } = await openPair(backend);
      const claim = await claimOne(one, 'a');
      clock.advance(50_000);
      await one.renew([claim], { leaseMs: 30_000 });
      clock.advance(29_999);
      expect(await other.claim(['a'])).toEqual([]);
      clock.advance(1);
      expect(idsOf(await other.claim(['a']))).toEqual(['a']);
    });

    test.each(endings)('an owner whose lease ran out, but whose item nobody took, may still %s', async (_, end) => {
      const { one, clock } = await openOne(backend);
      const claim = await claimOne(one, 'a');
      clock.advance(3_600_000);
      await expect(end(one, [claim])).resolves.toBeUndefined();
    });

    test.each(endings)('an owner whose item was taken over may not %s, and is given the evidence', async (_, end) => {
      const { one, other, clock } = await openPair(backend);
      const late = await claimOne(one, 'a');
      clock.advance(60_000);
      const present = await claimOne(other, 'a');
      const before = await other.ledger.find('a');
      expect(await lostBy(end(one, [late]))).toEqual([
        {
          id: 'a',
          token: late.token,
          currentToken: present.token,
          currentOwner: before?.owner,
          state: 'claimed',
        },
      ]);
      expect(await other.ledger.find('a')).toEqual(before);
      expect(await other.isSeen('a')).toBe(false);
    });

    test('a refusal says in words who owns the item', async () => {
      const { one, other, clock } = await openPair(backend);
      const late = await claimOne(one, 'a');
      clock.advance(60_000);
      const present = await claimOne(other, 'a');
      const error = await one.commit([late]).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(SeenClaimLostError);
      expect(error).toMatchObject({ code: 'SEEN_CLAIM_LOST', operation: 'commit' });
      expect((error as Error).message).toContain(`token ${late.token}`);
      expect((error as Error).message).toContain(`${present.token}, held by ${(await one.ledger.find('a'))?.owner}`);
    });

    test.each(endings)('an attempt to %s is refused for an item that is not known', async (_, end) => {
      const { one } = await openOne(backend);
      const claim = { ...(await claimOne(one, 'a')), id: 'unknown' };
      expect(await lostBy(end(one, [claim]))).toMatchObject([{ currentToken: null, currentOwner: null, state: null }]);
      expect(await one.isSeen('unknown')).toBe(false);
    });

    test.each(endings)('of a batch half of which is lost, the other half goes through: %s', async (_, end) => {
      const { one, other, clock } = await openPair(backend);
      const [a, b, c] = await one.claim(['a', 'b', 'c']);
      clock.advance(60_000);
      await claimOne(other, 'b');
      expect((await lostBy(end(one, [a, b, c] as Claim[])))?.map(({ id }) => id)).toEqual(['b']);
      const ended = await Promise.all(['a', 'b', 'c'].map((id) => other.ledger.find(id)));
      expect(ended[0]).toEqual({ ...ended[2], id: 'a' });
      expect(ended[0]?.leaseUntil).not.toEqual(new Date(NOON + 60_000));
      expect(ended[1]).toMatchObject({ state: 'claimed', leaseUntil: new Date(NOON + 120_000) });
    });
  });
}
