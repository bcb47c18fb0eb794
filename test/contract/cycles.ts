import { describe, expect, test } from 'vitest';

import { noCounts, SeenInputError, type Cycle, type CycleCounts } from '../../src/store/index.ts';
import { DAY_MS, HOUR_MS, NOON } from '../support/times.ts';
import type { ContractBackend } from './backend.ts';
import { claimOne, openOne, openPair, type Owner } from './stores.ts';

function cycle(counts: Partial<CycleCounts>, finished = NOON, feed = 'filings'): Cycle {
  return { feed, startedAt: new Date(finished - 1_000), finishedAt: new Date(finished), ...noCounts, ...counts };
}

/** The history of cycles, for every backend to keep. */
export function describeCycles(backend: ContractBackend): void {
  describe(`cycles, on ${backend.name}`, () => {
    describe('isFirst', () => {
      test('a feed is new until it has had a cycle', async () => {
        const { one, other, reopen } = await openPair(backend);
        expect(await one.cycles.isFirst('filings')).toBe(true);
        await one.cycles.record(cycle({}));
        expect(await other.cycles.isFirst('filings')).toBe(false);
        expect(await other.cycles.isFirst('other')).toBe(true);
        await one.close();
        expect(await (await reopen()).cycles.isFirst('filings')).toBe(false);
      });

      test('no feed is new on a store that remembers something, that of the earlier bot for example', async () => {
        const { one } = await openOne(backend);
        await one.markSeen('a');
        expect(await one.cycles.isFirst('filings')).toBe(false);
      });

      test('a second feed is new on a store that remembers the first', async () => {
        const { one } = await openOne(backend);
        await one.markSeen('a');
        await one.cycles.record(cycle({}));
        expect(await one.cycles.isFirst('other')).toBe(true);
      });

      test('a feed is not new once everything has expired', async () => {
        const { one, clock } = await openOne(backend);
        await one.markSeen('a');
        for (let day = 0; day <= 8; day += 1) {
          await one.cycles.record(cycle({ total: 1 }, clock.now()));
          clock.advance(DAY_MS);
        }
        expect(await one.purgeExpired()).toBe(1);
        expect(await one.cycles.isFirst('filings')).toBe(false);
      });

      test('a feed that has had a cycle is never new again, however long ago that was', async () => {
        const { one, clock } = await openOne(backend);
        await one.cycles.record(cycle({ total: 1 }));
        clock.advance(400 * DAY_MS);
        await one.cycles.record(cycle({ total: 1 }, clock.now(), 'other'));
        expect(await one.cycles.isFirst('filings')).toBe(false);
      });

      test('a feed is still new when all that happened is a claim that nothing came of', async () => {
        const { one } = await openOne(backend);
        await one.release([await claimOne(one, 'a')]);
        expect(await one.cycles.isFirst('filings')).toBe(true);
      });
    });

    describe('seenShare', () => {
      test('the seen share is unknown before anything was listed', async () => {
        const { one } = await openOne(backend);
        expect(await one.cycles.seenShare('filings')).toBeNull();
        await one.cycles.record(cycle({ total: 0 }));
        expect(await one.cycles.seenShare('filings')).toBeNull();
      });

      test('the seen share is unknown until as many items were listed as it takes', async () => {
        const { one } = await openOne(backend);
        await one.cycles.record(cycle({ total: 5, skipped: 0 }));
        await one.cycles.record(cycle({ total: 5, skipped: 5 }));
        expect(await one.cycles.seenShare('filings', 11)).toBeNull();
        expect(await one.cycles.seenShare('filings', 10)).toBe(0.5);
        expect(await one.cycles.seenShare('filings')).toBe(0.5);
      });

      test('the seen share weighs the cycles of the last day by what they listed', async () => {
        const { one, other } = await openPair(backend);
        await one.cycles.record(cycle({ total: 100, skipped: 100 }, NOON - DAY_MS));
        await one.cycles.record(cycle({ total: 300, skipped: 260 }));
        await one.cycles.record(cycle({ total: 1_000, skipped: 0 }, NOON - DAY_MS - 1));
        await one.cycles.record(cycle({ total: 1_000, skipped: 0 }, NOON, 'other'));
        expect(await other.cycles.seenShare('filings')).toBe(0.9);
        expect(await other.cycles.seenShare('other')).toBe(0);
      });

      test('the seen share leaves out first runs and held batches: they would make a flood usual', async () => {
        const { one } = await openOne(backend);
        await one.cycles.record(cycle({ total: 100, skipped: 80 }));
        await one.cycles.record(cycle({ total: 100, marked: 100 }));
        await one.cycles.record(cycle({ total: 100, held: 100 }));
        expect(await one.cycles.seenShare('filings')).toBe(0.8);
      });
    });

    describe('the reach of the history', () => {
      /** Records a cycle that listed one item on each of these days. */
      async function recordDaily({ one, clock }: Owner, first: number, last: number): Promise<void> {
        for (let day = first; day <= last; day += 1) {
          clock.set(NOON + day * DAY_MS);
          await one.cycles.record(cycle({ total: 1 }, clock.now()));
        }
      }

      /** Those of these days whose cycles are remembered, as somebody saw them that morning. */
      async function keptOf({ one, clock }: Owner, days: readonly number[]): Promise<number[]> {
        const kept: number[] = [];
        for (const day of days) {
          clock.set(NOON + day * DAY_MS - HOUR_MS);
          if ((await one.stats()).today.total > 0) kept.push(day);
        }
        return kept;
      }

      test('the history reaches back 30 days', async () => {
        const owner = await openOne(backend);
        await recordDaily(owner, 0, 50);
        expect(await keptOf(owner, [0, 10, 19, 20, 50])).toEqual([20, 50]);
      });

      test('a pause is not counted', async () => {
        const owner = await openOne(backend);
        await recordDaily(owner, 0, 40);
        await recordDaily(owner, 100, 104);
        expect(await keptOf(owner, [0, 14, 15, 40, 100, 104])).toEqual([15, 40, 100, 104]);
      });

      test.each([
        ['one cycle', 0],
        ['three days of cycles', 2],
      ])('%s with the clock years ahead takes no more than as many days from it', async (_, more) => {
        const owner = await openOne(backend);
        await recordDaily(owner, 0, 40);
        await recordDaily(owner, 4_000, 4_000 + more);
        await recordDaily(owner, 41, 42);
        expect(await keptOf(owner, [0, 12 + more, 13 + more, 42])).toEqual([13 + more, 42]);
      });
    });

    describe('a cycle that was recorded while the clock was ahead', () => {
      async function recordAhead(aheadMs: number): Promise<Owner> {
        const owner = await openOne(backend);
        await owner.one.cycles.record(cycle({ total: 100, skipped: 100 }));
        owner.clock.advance(aheadMs);
        await owner.one.cycles.record(cycle({ total: 300 }, owner.clock.now()));
        owner.clock.advance(-aheadMs);
        return owner;
      }

      test.each([60, 2, 4_000])('by %i days, it is neither the last cycle nor one of today', async (days) => {
        const { one } = await recordAhead(days * DAY_MS);
        const { today, lastCycle } = await one.stats();
        expect({ today, lastCycle }).toMatchObject({ today: { total: 100 }, lastCycle: { total: 100 } });
        expect(await one.cycles.seenShare('filings')).toBe(1);
      });

      test('by a minute, as clocks of two machines may be, it counts', async () => {
        const { one } = await recordAhead(60_000);
        expect((await one.stats()).lastCycle).toMatchObject({ total: 300 });
        expect(await one.cycles.seenShare('filings')).toBe(0.25);
      });
    });

    test.each([
      ['no name', { feed: '' }, /feed is empty/],
      ['a start that is no date', { startedAt: new Date(Number.NaN) }, /startedAt is not a valid date/],
      ['an end that is no date', { finishedAt: new Date(Number.NaN) }, /finishedAt is not a valid date/],
    ])('a cycle with %s is refused', async (_, changes, message) => {
      const { one } = await openOne(backend);
      const recording = one.cycles.record({ ...cycle({ total: 1 }), ...changes });
      await expect(recording).rejects.toThrow(SeenInputError);
      await expect(recording).rejects.toThrow(message);
      expect((await one.stats()).lastCycle).toBeNull();
    });

    test('the last cycle is the one that finished last, whichever was written last', async () => {
      const { one } = await openOne(backend);
      await one.cycles.record(cycle({ total: 2 }, NOON));
      await one.cycles.record(cycle({ total: 1 }, NOON - 5_000, 'other'));
      expect((await one.stats()).lastCycle).toEqual(cycle({ total: 2 }, NOON));
    });
  });
}
