import { describe, expect, test } from 'vitest';

import { ids } from '../../support/ids.ts';
import { DAY_MS, HOUR_MS, NOON } from '../../support/times.ts';
import type { ContractBackend } from '../backend.ts';
import { claimOne, lostBy, openOne, openPair } from '../stores.ts';
import { endings } from './endings.ts';

/** Tokens, and the fence that compares them and their owner, for every backend to keep. */
export function describeFencing(backend: ContractBackend): void {
  describe(`fencing, on ${backend.name}`, () => {
    test('a claim has the fields that it is documented to have, and no others', async () => {
      const { one } = await openOne(backend);
      const fields = 'attempt enrichment feed firstClaimedAt id lastError payload place posts token uncertainty'.split(
        ' ',
      );
      expect(Object.keys(await claimOne(one, 'a')).toSorted()).toEqual(fields);
    });

    test.each(endings)('another store may not %s a claim that was not granted to it', async (_, end) => {
      const { one, other } = await openPair(backend);
      const claim = await claimOne(one, 'a');
      const before = await one.ledger.find('a');
      const { token } = claim;
      expect(await lostBy(end(other, [claim]))).toEqual([
        { id: 'a', token, currentToken: token, currentOwner: before?.owner, state: 'claimed' },
      ]);
      expect(await one.ledger.find('a')).toEqual(before);
      expect(await one.isSeen('a')).toBe(false);
      await end(one, [claim]);
    });

    test('a refusal says that the token is that of another store’s claim', async () => {
      const { one, other } = await openPair(backend);
      const claim = await claimOne(one, 'a');
      const { owner } = (await one.ledger.find('a')) ?? {};
      await expect(other.commit([claim])).rejects.toThrow(
        `a: token ${claim.token} belongs to the claim of another store, held by ${owner} (claimed)`,
      );
    });

    test('a refusal of many claims describes some of them, and carries the evidence for all', async () => {
      const { one } = await openOne(backend);
      const claims = await one.claim(ids('item', 50));
      await one.release(claims);
      const error: unknown = await one.commit(claims).catch((reason: unknown) => reason);
      expect(error).toMatchObject({ lost: { length: 50 } });
      expect((error as Error).message).toMatch(/item-00019: .*; and 30 more\. Leave/);
      expect((error as Error).message).not.toContain('item-00020');
    });

    test('a refusal says that the claim has ended', async () => {
      const { one } = await openOne(backend);
      const claim = await claimOne(one, 'a');
      await one.release([claim]);
      await expect(one.renew([claim])).rejects.toThrow(`the claim with token ${claim.token} has ended (claimed)`);
    });

    test.each([
      ['stands still', 0],
      ['is set back by an hour', -HOUR_MS],
      ['was ahead by years', -2_000 * DAY_MS],
    ])('tokens grow while the clock %s', async (_, ms) => {
      const { one, other, clock } = await openPair(backend);
      const tokens: number[] = [];
      for (const store of [one, other, one, other]) {
        const claim = await claimOne(store, 'a');
        tokens.push(claim.token);
        await store.release([claim]);
        clock.advance(ms);
      }
      expect(tokens).toEqual(tokens.toSorted((a, b) => a - b));
      expect(new Set(tokens).size).toBe(4);
    });

    test('a token is not below the time in milliseconds', async () => {
      const { one, clock } = await openOne(backend);
      expect((await claimOne(one, 'a')).token).toBeGreaterThanOrEqual(NOON);
      clock.advance(HOUR_MS);
      expect((await claimOne(one, 'b')).token).toBeGreaterThanOrEqual(NOON + HOUR_MS);
    });
  });
}
