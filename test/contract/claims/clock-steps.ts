import { describe, expect, test } from 'vitest';

import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../support/times.ts';
import type { ContractBackend } from '../backend.ts';
import { claimOne, idsOf, lostBy, openOne, openPair, type Owner } from '../stores.ts';
import type { ClaimOptions, SeenStore } from '../../../src/store/index.ts';

const YEAR_MS = 365 * DAY_MS;

/** Leases over a clock that is set, for every backend to keep. */
export function describeClockSteps(backend: ContractBackend): void {
  describe(`leases over a clock that is set, on ${backend.name}`, () => {
    describe('a lease that was made while the clock was ahead', () => {
      test.each([
        ['claim', (store: SeenStore) => store.claim(['a'])],
        ['claimWaiting', (store: SeenStore) => store.claimWaiting()],
      ])('%s gives its item at once, and the late owner is refused', async (_, claimAgain) => {
        const { one, other, clock } = await openPair(backend);
        clock.advance(YEAR_MS);
        const late = await claimOne(one, 'a');
        clock.advance(-YEAR_MS);
        expect(idsOf(await claimAgain(other))).toEqual(['a']);
        expect(await lostBy(one.commit([late]))).toMatchObject([{ id: 'a' }]);
      });

      test('the item counts as waiting', async () => {
        const { one, other, clock } = await openPair(backend);
        clock.advance(HOUR_MS);
        await one.claim(['a', 'b']);
        clock.advance(-HOUR_MS);
        await other.claim(['b']);
        expect(await other.ledger.counts()).toEqual({ waiting: 1, active: 1, failed: 0 });
      });

      test('the item is dropped once it was marked as seen and is old', async () => {
        const { one, clock, reopen } = await openPair(backend);
        clock.advance(YEAR_MS);
        await one.claim(['a'], { leaseMs: DAY_MS });
        clock.advance(-YEAR_MS);
        await one.markSeen('a');
        clock.advance(YEAR_MS + 40 * DAY_MS);
        await one.markSeen('a');
        const later = await reopen();
        await expect.poll(() => later.ledger.find('a')).toBeNull();
      });

      test('a renewal by the present clock makes it a lease again', async () => {
        const { one, other, clock } = await openPair(backend);
        clock.advance(YEAR_MS);
        const claim = await claimOne(one, 'a');
        clock.advance(-YEAR_MS);
        await one.renew([claim]);
        expect(await other.claim(['a'])).toEqual([]);
        clock.advance(MINUTE_MS);
        expect(idsOf(await other.claim(['a']))).toEqual(['a']);
      });

      test('a renewal while the clock was ahead blocks nothing either', async () => {
        const { one, other, clock } = await openPair(backend);
        const claim = await claimOne(one, 'a');
        clock.advance(HOUR_MS);
        await one.renew([claim]);
        clock.advance(-HOUR_MS);
        expect(idsOf(await other.claim(['a']))).toEqual(['a']);
      });
    });

    describe('a clock that is set back while a lease is under way', () => {
      test.each([
        ['a minute, by a second', MINUTE_MS, 1_000],
        ['250 ms, by all that is tolerated', 250, backend.toleratedSetbackMs],
        ['an hour, by all that is tolerated', HOUR_MS, backend.toleratedSetbackMs],
      ])('a lease of %s, stays', async (_, leaseMs, stepMs) => {
        const { one, other, clock } = await openPair(backend);
        const [claim] = await one.claim(['a'], { leaseMs });
        clock.advance(-stepMs);
        expect(await other.claim(['a'])).toEqual([]);
        expect(await other.claimWaiting()).toEqual([]);
        expect(await other.ledger.counts()).toMatchObject({ waiting: 0, active: 1 });
        await one.commit(claim === undefined ? [] : [claim]);
      });

      test.each([
        ['a minute, by all of it', MINUTE_MS, MINUTE_MS],
        ['an hour, by half of it', HOUR_MS, HOUR_MS / 2],
        ['a day, by a second more than is tolerated', DAY_MS, backend.toleratedSetbackMs + 1_000],
      ])('a lease of %s, is none any more: it would outlive its length', async (_, leaseMs, stepMs) => {
        const { one, other, clock } = await openPair(backend);
        await one.claim(['a'], { leaseMs });
        clock.advance(-stepMs);
        expect(await other.ledger.counts()).toMatchObject({ waiting: 1, active: 0 });
        expect(idsOf(await other.claim(['a']))).toEqual(['a']);
      });

      test('progress of an item while the clock was ahead takes no lease away', async () => {
        const { one, other, clock } = await openPair(backend);
        const claim = await claimOne(one, 'a');
        await withClockAhead(clock, () => one.ledger.saveEnrichment(claim, 'summary'));
        expect(await other.claim(['a'])).toEqual([]);
        expect(await other.ledger.counts()).toMatchObject({ waiting: 0, active: 1 });
      });
    });

    describePauses(backend);
  });
}

/** Pauses before a retry over a clock that is set, for every backend to keep. */
function describePauses(backend: ContractBackend): void {
  /** Releases an item for a minute, by a clock that is ahead of the present one. */
  async function releaseAhead(aheadMs: number): Promise<Owner> {
    const owner = await openOne(backend);
    const { one, clock } = owner;
    clock.advance(aheadMs);
    await one.release([await claimOne(one, 'a')], { error: '500', retryAt: new Date(clock.now() + MINUTE_MS) });
    clock.advance(-aheadMs);
    return owner;
  }

  describe('a pause before a retry that was made while the clock was ahead', () => {
    const claimings = [
      ['claim', (store: SeenStore) => store.claim(['a'])],
      ['claimWaiting', (store: SeenStore) => store.claimWaiting()],
    ] as const;

    test.each(claimings)('%s gives its item at once', async (_, claimAgain) => {
      for (const aheadMs of [30 * DAY_MS, HOUR_MS, backend.toleratedSetbackMs + 1_000]) {
        const { one } = await releaseAhead(aheadMs);
        expect(idsOf(await claimAgain(one))).toEqual(['a']);
      }
    });

    test.each(claimings)('%s waits for the retry when the clock was set back by a second', async (_, claimAgain) => {
      const { one, clock } = await releaseAhead(1_000);
      clock.advance(MINUTE_MS);
      expect(await claimAgain(one)).toEqual([]);
      clock.advance(1_000);
      expect(idsOf(await claimAgain(one))).toEqual(['a']);
    });
  });

  describe('a pause whose end was reckoned by a clock that was set right before the release', () => {
    const claimings = [
      ['claim', (store: SeenStore, options: ClaimOptions) => store.claim(['a'], options)],
      ['claimWaiting', (store: SeenStore, options: ClaimOptions) => store.claimWaiting(options)],
    ] as const;

    test.each(claimings)('%s gives its item at once, where pauses are known to be shorter', async (_, claimAgain) => {
      const { one, clock } = await openOne(backend);
      await one.release([await claimOne(one, 'a')], { error: '500', retryAt: new Date(clock.now() + 5 * HOUR_MS) });
      expect(await claimAgain(one, {})).toEqual([]);
      expect(await claimAgain(one, { longestPauseMs: 5 * HOUR_MS })).toEqual([]);
      expect(idsOf(await claimAgain(one, { longestPauseMs: HOUR_MS }))).toEqual(['a']);
    });
  });
}

async function withClockAhead(clock: Owner['clock'], work: () => Promise<void>): Promise<void> {
  clock.advance(YEAR_MS);
  await work();
  clock.advance(-YEAR_MS);
}
