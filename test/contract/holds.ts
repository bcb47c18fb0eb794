import { describe, expect, test } from 'vitest';

import { NOON } from '../support/times.ts';
import type { ContractBackend } from './backend.ts';
import { openOne, openPair } from './stores.ts';

/** The flood breaker's memory, for every backend to keep. */
export function describeHolds(backend: ContractBackend): void {
  describe(`holds, on ${backend.name}`, () => {
    test('a hold is opened, asked about, decided and carried out', async () => {
      const { one, other } = await openPair(backend);
      expect(await other.holds.current('filings')).toBeNull();
      const hold = await one.holds.open('filings', ['b', 'a', '😀']);
      const open = {
        id: hold.id,
        feed: 'filings',
        createdAt: new Date(NOON),
        ids: ['b', 'a', '😀'],
        decision: null,
        decidedBy: null,
        asked: false,
      };
      expect(hold).toEqual(open);
      await one.holds.markAsked(hold.id);
      expect(await other.holds.current('filings')).toEqual({ ...open, asked: true });
      const decided = await other.holds.decide(hold.id, 'post', 'user');
      expect(decided).toEqual({ ...open, asked: true, decision: 'post', decidedBy: 'user' });
      expect(await one.holds.current('filings')).toEqual(decided);
      await one.holds.finish(hold.id);
      expect(await other.holds.current('filings')).toBeNull();
    });

    test('a feed has one open hold, however many open one at the same time', async () => {
      const { one, other } = await openPair(backend);
      const opening = Array.from({ length: 20 }, (_, n) => (n % 2 ? one : other).holds.open('filings', [`from ${n}`]));
      const holds = await Promise.all(opening);
      expect(new Set(holds.map(({ id }) => id)).size).toBe(1);
      expect(new Set(holds.flatMap(({ ids }) => ids)).size).toBe(1);
    });

    test('feeds do not share a hold', async () => {
      const { one } = await openOne(backend);
      const filings = await one.holds.open('filings', ['a']);
      const other = await one.holds.open('other', ['b']);
      await one.holds.decide(filings.id, 'mark', 'user');
      await one.holds.finish(filings.id);
      expect(await one.holds.current('other')).toEqual(other);
    });

    test('a finished hold makes room for the next, which is undecided', async () => {
      const { one } = await openOne(backend);
      const first = await one.holds.open('filings', ['a']);
      await one.holds.decide(first.id, 'post', 'user');
      await one.holds.finish(first.id);
      const second = await one.holds.open('filings', ['b']);
      expect(second.id).not.toBe(first.id);
      expect(second).toMatchObject({ ids: ['b'], decision: null, asked: false });
    });

    test.each(['post', 'mark'] as const)('the first of two decisions stands: %s', async (first) => {
      const { one, other } = await openPair(backend);
      const { id } = await one.holds.open('filings', ['a']);
      await one.holds.decide(id, first, 'first');
      const late = await other.holds.decide(id, first === 'post' ? 'mark' : 'post', 'second');
      expect(late).toMatchObject({ decision: first, decidedBy: 'first' });
      expect(await one.holds.current('filings')).toMatchObject({ decision: first, decidedBy: 'first' });
    });

    test('all who decide at the same time are told the same', async () => {
      const { one, other } = await openPair(backend);
      const { id } = await one.holds.open('filings', ['a']);
      const deciding = Array.from({ length: 10 }, (_, n) =>
        (n % 2 ? one : other).holds.decide(id, n % 2 ? 'post' : 'mark', `user ${n}`),
      );
      const answers = await Promise.all(deciding);
      expect(new Set(answers.map((hold) => `${hold?.decision} ${hold?.decidedBy}`)).size).toBe(1);
      expect(answers[0]?.decision).not.toBeNull();
    });

    test('a hold and its decision survive a restart', async () => {
      const { one, other, reopen } = await openPair(backend);
      const { id } = await one.holds.open('filings', ['a', 'b']);
      await one.holds.markAsked(id);
      await one.holds.decide(id, 'mark', 'user');
      await one.close();
      await other.close();
      const kept = await (await reopen()).holds.current('filings');
      expect(kept).toMatchObject({ id, ids: ['a', 'b'], asked: true, decision: 'mark', decidedBy: 'user' });
    });

    test('there is nothing to decide about a hold that does not exist', async () => {
      const { one } = await openOne(backend);
      expect(await one.holds.decide(1, 'post', 'user')).toBeNull();
      const { id } = await one.holds.open('filings', ['a']);
      expect(await one.holds.decide(id + 1, 'post', 'user')).toBeNull();
      expect(await one.holds.current('filings')).toMatchObject({ decision: null });
    });
  });
}
