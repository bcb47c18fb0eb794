import { describe, expect, test } from 'vitest';

import { noCounts, SeenInputError, SeenStoreClosedError, type Cycle, type Spent } from '../../src/store/index.ts';
import { DAY_MS, HOUR_MS, NOON } from '../support/times.ts';
import type { ContractBackend } from './backend.ts';
import { openOne, openPair, type Owner } from './stores.ts';

/** The midnight at which the day of `NOON` began. */
const MIDNIGHT = NOON - 12 * HOUR_MS;

const nothing = { requests: 0, tokens: 0, enrichments: 0, budget: null } as const;

/** A cycle in which the feed skipped items, finished by the owner's clock. */
function cycle({ clock }: Pick<Owner, 'clock'>, feed: string, skipped: number): Cycle {
  const at = new Date(clock.now());
  return { feed, startedAt: at, finishedAt: at, ...noCounts, total: skipped, skipped };
}

/** The spending on enrichment, for every backend to keep. */
export function describeSpending(backend: ContractBackend): void {
  describe(`spending, on ${backend.name}`, () => {
    test('a feed that has spent nothing has spent nothing today', async () => {
      const { one } = await openOne(backend);
      expect(await one.spending.today('news')).toEqual({ feed: 'news', day: new Date(MIDNIGHT), ...nothing });
      expect((await one.stats()).spending).toEqual([]);
    });

    test('what several stores add to a day is summed, kept, and answered with the sum', async () => {
      const { one, other, reopen } = await openPair(backend);
      expect(await one.spending.add('news', { requests: 1, tokens: 250, enrichments: 1 })).toMatchObject({
        requests: 1,
        tokens: 250,
        enrichments: 1,
      });
      const sum = { feed: 'news', day: new Date(MIDNIGHT), ...nothing, requests: 3, tokens: 250, enrichments: 1 };
      expect(await other.spending.add('news', { requests: 2 })).toEqual(sum);
      expect(await one.spending.today('news')).toEqual(sum);
      await Promise.all([one.close(), other.close()]);
      expect(await (await reopen()).spending.today('news')).toEqual(sum);
    });

    test('nothing is lost of what is added at the same time, and each answer is a sum of its own', async () => {
      const { one, other } = await openPair(backend);
      const adding = Array.from({ length: 40 }, (_, n) => (n % 2 ? one : other).spending.add('news', { tokens: 10 }));
      const sums = (await Promise.all(adding)).map(({ tokens }) => tokens);
      expect(sums.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 40 }, (_, n) => 10 * (n + 1)));
    });

    test('feeds spend apart', async () => {
      const { one } = await openOne(backend);
      await one.spending.add('news', { requests: 5 });
      await one.spending.add('News', { requests: 7 });
      expect(await one.spending.today('news')).toMatchObject({ requests: 5 });
      expect(await one.spending.today('ne')).toMatchObject({ requests: 0 });
    });

    test('a day ends at midnight UTC', async () => {
      const { one, clock } = await openOne(backend);
      clock.set(MIDNIGHT + DAY_MS - 1);
      await one.spending.add('news', { requests: 5 });
      clock.advance(1);
      expect(await one.spending.today('news')).toMatchObject({ day: new Date(MIDNIGHT + DAY_MS), requests: 0 });
      expect(await one.spending.add('news', { requests: 1 })).toMatchObject({ requests: 1 });
      clock.advance(-1);
      expect(await one.spending.today('news')).toMatchObject({ day: new Date(MIDNIGHT), requests: 5 });
    });

    test('the budget of a day is the one that was given last', async () => {
      const { one } = await openOne(backend);
      const add = (budget?: Parameters<typeof one.spending.add>[2]) => one.spending.add('news', {}, budget);
      expect(await add({ requests: 200 })).toMatchObject({ budget: { requests: 200 } });
      expect(await add({ requests: undefined, tokens: 1 })).toMatchObject({ budget: { tokens: 1 } });
      expect(await add({ requests: 1, tokens: 2 })).toMatchObject({ budget: { requests: 1, tokens: 2 } });
      expect(await add()).toMatchObject({ budget: null });
      expect(await add({})).toMatchObject({ budget: null });
    });

    test('a sum grows no further than whole numbers are exact', async () => {
      const { one } = await openOne(backend);
      const most = Number.MAX_SAFE_INTEGER;
      await one.spending.add('news', { requests: most, tokens: most, enrichments: most });
      const sum = await one.spending.add('news', { requests: 1, tokens: most, enrichments: 1 });
      expect(sum).toMatchObject({ requests: most, tokens: most, enrichments: most });
    });

    test.each<readonly [string, unknown, unknown, unknown, RegExp]>([
      ['no feed', undefined, {}, undefined, /^feed must be a string/],
      ['an empty feed', '', {}, undefined, /^feed is empty/],
      ['nothing at all', 'news', undefined, undefined, /^spent must be an object, but is of type undefined/],
      ['a number alone', 'news', 7, undefined, /^spent must be an object/],
      ['negative requests', 'news', { requests: -1 }, undefined, /^requests must be a whole number, .* but is -1/],
      ['tokens that are no number', 'news', { tokens: Number.NaN }, undefined, /^tokens .* but is NaN/],
      ['endless tokens', 'news', { tokens: Infinity }, undefined, /^tokens .* but is Infinity/],
      ['half a token', 'news', { tokens: 0.5 }, undefined, /^tokens .* but is 0\.5/],
      ['tokens as text', 'news', { tokens: '5' }, undefined, /^tokens .* but is of type string/],
      [
        'more than a number can hold',
        'news',
        { enrichments: 2 ** 53 },
        undefined,
        /^enrichments must be a whole number/,
      ],
      ['a budget of null', 'news', {}, null, /^budget must be an object, but is null/],
      ['a budget of 0', 'news', {}, { tokens: 0 }, /^budget\.tokens must be a whole number/],
      [
        'a getter that throws',
        'news',
        {
          get requests(): number {
            throw new RangeError('not today');
          },
        },
        undefined,
        /^spent cannot be read: not today/,
      ],
    ])('%s is refused, and counts nothing', async (_, feed, spent, budget, message) => {
      const { one } = await openOne(backend);
      const adding = one.spending.add(feed as string, spent as Spent, budget as undefined);
      await expect(adding).rejects.toThrow(SeenInputError);
      await expect(adding).rejects.toThrow(message);
      expect(await one.spending.today('news')).toMatchObject(nothing);
    });

    test('spending is refused once the store is closed', async () => {
      const { one } = await openOne(backend);
      await one.close();
      await expect(one.spending.add('news', {})).rejects.toThrow(SeenStoreClosedError);
      await expect(one.spending.today('news')).rejects.toThrow(SeenStoreClosedError);
    });

    describe('the reach of the history', () => {
      /** Spends as many requests as the number of the day says, on each of these days. */
      async function spendDaily({ one, clock }: Owner, first: number, last: number): Promise<void> {
        for (let day = first; day <= last; day += 1) {
          clock.set(NOON + day * DAY_MS);
          await one.spending.add('news', { requests: day });
        }
      }

      /** The days out of these whose spending is remembered. */
      async function keptOf({ one, clock }: Owner, days: readonly number[]): Promise<number[]> {
        const kept: number[] = [];
        for (const day of days) {
          clock.set(NOON + day * DAY_MS);
          if ((await one.spending.today('news')).requests > 0) kept.push(day);
        }
        return kept;
      }

      test('spending is remembered for 30 days on which there was some', async () => {
        const owner = await openOne(backend);
        await spendDaily(owner, 1, 20);
        await spendDaily(owner, 70, 90);
        const days = [...Array(91).keys()];
        expect(await keptOf(owner, days)).toEqual([...days.slice(12, 21), ...days.slice(70)]);
      });

      test('a clock that was years ahead takes no more than as many days from the history', async () => {
        const owner = await openOne(backend);
        await spendDaily(owner, 1, 10);
        await spendDaily(owner, 4_000, 4_003);
        await spendDaily(owner, 11, 11);
        expect(await keptOf(owner, [1, 10, 11, 4_000, 4_003])).toEqual([1, 10, 11]);
      });

      test('what a clock that was ahead has noted counts neither today nor on its day', async () => {
        const owner = await openOne(backend);
        const { one, clock } = owner;
        clock.advance(2 * DAY_MS);
        await one.spending.add('news', { requests: 100 });
        clock.advance(-2 * DAY_MS);
        expect(await one.spending.today('news')).toMatchObject({ requests: 0 });
        expect((await one.stats()).spending).toEqual([]);
        expect(await one.spending.add('news', { requests: 1 })).toMatchObject({ requests: 1 });
        clock.advance(2 * DAY_MS);
        expect(await one.spending.today('news')).toMatchObject({ requests: 0 });
      });

      test('around midnight, the clocks of two machines may differ', async () => {
        const owner = await openOne(backend);
        const { one, clock } = owner;
        clock.set(MIDNIGHT + DAY_MS);
        await one.spending.add('news', { requests: 3 });
        clock.advance(-HOUR_MS / 2);
        await one.spending.add('news', { requests: 1 });
        clock.advance(HOUR_MS / 2);
        expect(await one.spending.today('news')).toMatchObject({ requests: 3 });
      });
    });

    describe('statistics', () => {
      test('each feed has a line: what it spent today, and what the items it skipped would have cost', async () => {
        const owner = await openOne(backend);
        const { one, clock } = owner;
        const budget = { tokens: 500_000 };
        await one.spending.add('news', { requests: 3, tokens: 1_000, enrichments: 1 });
        clock.advance(DAY_MS);
        await one.cycles.record(cycle(owner, 'news', 1_000));
        clock.advance(DAY_MS);
        await one.spending.add('news', { requests: 2, tokens: 500, enrichments: 1 }, budget);
        await one.spending.add('a', { requests: 1 });
        await one.cycles.record(cycle(owner, 'news', 40));
        await one.cycles.record(cycle(owner, 'news', 60));
        await one.cycles.record(cycle(owner, 'other', 7));
        const day = new Date(MIDNIGHT + 2 * DAY_MS);
        expect((await one.stats()).spending).toEqual([
          { feed: 'a', day, ...nothing, requests: 1, saved: null },
          {
            feed: 'news',
            day,
            requests: 2,
            tokens: 500,
            enrichments: 1,
            budget,
            saved: { requests: 250, tokens: 75_000 },
          },
        ]);
      });

      test('a feed whose enrichments cost nothing has no line, unless it has a budget', async () => {
        const { one } = await openOne(backend);
        await one.spending.add('news', { enrichments: 3 });
        expect((await one.stats()).spending).toEqual([]);
        await one.spending.add('news', {}, { tokens: 9 });
        expect((await one.stats()).spending).toMatchObject([{ enrichments: 3, budget: { tokens: 9 } }]);
      });

      test('a feed that has spent nothing yet today still has its line and its budget, for 30 days', async () => {
        const { one, clock } = await openOne(backend);
        await one.spending.add('news', { requests: 1, enrichments: 1 }, { requests: 200 });
        clock.advance(29 * DAY_MS);
        const day = new Date(MIDNIGHT + 29 * DAY_MS);
        expect((await one.stats()).spending).toEqual([
          { feed: 'news', day, ...nothing, budget: { requests: 200 }, saved: { requests: 0, tokens: 0 } },
        ]);
        clock.advance(DAY_MS);
        expect((await one.stats()).spending).toEqual([]);
      });
    });
  });
}
