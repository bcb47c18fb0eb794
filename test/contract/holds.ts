import { describe, expect, test } from 'vitest';

import type { HoldQuestion } from '../../src/store/index.ts';
import { NOON } from '../support/times.ts';
import type { ContractBackend } from './backend.ts';
import { openOne, openPair } from './stores.ts';

/** The question that was to be asked. */
function asked(question: HoldQuestion | null): HoldQuestion {
  if (question === null) throw new Error('There was nothing to ask.');
  return question;
}

/** The flood breaker's memory, for every backend to keep. */
export function describeHolds(backend: ContractBackend): void {
  describe(`holds, on ${backend.name}`, () => {
    test('a hold is opened, asked about, decided and carried out', async () => {
      const { one, other } = await openPair(backend);
      expect(await other.holds.current('filings')).toBeNull();
      const hold = await one.holds.open('filings', ['b', 'a', '😀']);
      const open = {
        id: hold.id,
        name: expect.stringMatching(/^[0-9a-f]{32}$/),
        feed: 'filings',
        createdAt: new Date(NOON),
        ids: ['b', 'a', '😀'],
        decision: null,
        decidedBy: null,
        questions: [],
      };
      expect(hold).toEqual(open);
      const question = await one.holds.startQuestion(hold.id, 'channel', null);
      expect(question).toEqual({ channelId: 'channel', askedAt: new Date(NOON), messageId: null });
      expect(await other.holds.current('filings')).toEqual({ ...open, questions: [question] });
      await one.holds.saveQuestion(hold.id, asked(question), 'message');
      const questions = [{ ...question, messageId: 'message' }];
      const decided = await other.holds.decide(hold.name, 'post', 'user');
      expect(decided).toEqual({ ...open, questions, decision: 'post', decidedBy: 'user' });
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
      expect(second).toMatchObject({ ids: ['b'], decision: null, questions: [] });
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
      await one.holds.startQuestion(id, 'channel', null);
      await one.holds.decide(id, 'mark', 'user');
      await one.close();
      await other.close();
      const kept = await (await reopen()).holds.current('filings');
      expect(kept).toMatchObject({ id, ids: ['a', 'b'], decision: 'mark', decidedBy: 'user' });
      expect(kept?.questions).toEqual([{ channelId: 'channel', askedAt: new Date(NOON), messageId: null }]);
    });

    test('there is nothing to decide about a hold that does not exist', async () => {
      const { one } = await openOne(backend);
      expect(await one.holds.decide(1, 'post', 'user')).toBeNull();
      const { id } = await one.holds.open('filings', ['a']);
      expect(await one.holds.decide(id + 1, 'post', 'user')).toBeNull();
      expect(await one.holds.current('filings')).toMatchObject({ decision: null });
    });

    test('a hold is decided by its name, and never by the name that looks like its number', async () => {
      const { one } = await openOne(backend);
      const filings = await one.holds.open('filings', ['a']);
      const other = await one.holds.open('other', ['b']);
      expect(other.name).not.toBe(filings.name);
      expect(await one.holds.decide(String(filings.id), 'post', 'user')).toBeNull();
      expect(await one.holds.decide(filings.name.toUpperCase(), 'post', 'user')).toBeNull();
      expect(await one.holds.decide(other.name, 'mark', 'user')).toMatchObject({ feed: 'other', decision: 'mark' });
      expect(await one.holds.current('filings')).toMatchObject({ decision: null });
      expect(await one.holds.decide(filings.id, 'post', 'user')).toMatchObject({ feed: 'filings', decision: 'post' });
    });

    test('the name of a hold keeps, and is none of another store', async () => {
      const { one, other } = await openPair(backend);
      const { id, name } = await one.holds.open('filings', ['a']);
      expect(await other.holds.extend(id, ['b'])).toMatchObject({ name, ids: ['a', 'b'] });
      const elsewhere = await openOne(backend);
      const theirs = await elsewhere.one.holds.open('filings', ['a']);
      expect(theirs.name).not.toBe(name);
      expect(await elsewhere.one.holds.decide(name, 'post', 'user')).toBeNull();
    });

    test('a hold that is extended has each id once, whatever the id is', async () => {
      const { one } = await openOne(backend);
      const { id } = await one.holds.open('filings', ['b', 'a', "it's", '😀']);
      const extended = await one.holds.extend(id, ['c', 'a', 'c', '"', '😀']);
      const expected = ['b', 'a', "it's", '😀', 'c', '"'];
      expect(extended?.ids.toSorted()).toEqual(expected.toSorted());
      expect((await one.holds.current('filings'))?.ids).toEqual(extended?.ids);
      await one.holds.decide(id, 'post', 'user');
      expect(await one.holds.extend(id, ['d'])).toBeNull();
    });

    test('the open holds of all feeds are listed, the oldest first, until they are carried out', async () => {
      const { one, other, clock } = await openPair(backend);
      expect(await one.holds.list()).toEqual([]);
      const second = await one.holds.open('zeta', ['a']);
      clock.advance(1_000);
      const third = await other.holds.open('alpha', ['b']);
      expect(await other.holds.list()).toEqual([second, third]);
      await one.holds.decide(second.id, 'mark', 'user');
      expect((await one.holds.list()).map(({ decision }) => decision)).toEqual(['mark', null]);
      await one.holds.finish(second.id);
      expect(await one.holds.list()).toEqual([third]);
    });

    test('a question is asked in a channel by one process, whoever else tries', async () => {
      const { one, other } = await openPair(backend);
      const { id } = await one.holds.open('filings', ['a']);
      const starting = [one, other, one, other].map((store) => store.holds.startQuestion(id, 'channel', null));
      const started = (await Promise.all(starting)).filter((question) => question !== null);
      expect(started).toHaveLength(1);
      expect(await one.holds.startQuestion(id, 'elsewhere', null)).toMatchObject({ channelId: 'elsewhere' });
      expect((await other.holds.current('filings'))?.questions).toHaveLength(2);
    });

    test('a question takes the place of the one that the caller knows of, and of no other', async () => {
      const { one, clock } = await openOne(backend);
      const { id } = await one.holds.open('filings', ['a']);
      const first = asked(await one.holds.startQuestion(id, 'channel', null));
      await one.holds.saveQuestion(id, first, 'first');
      // At the very same time as well, the two are told apart.
      const second = asked(await one.holds.startQuestion(id, 'channel', first));
      expect(second.askedAt).not.toEqual(first.askedAt);
      clock.advance(1_000);
      expect(await one.holds.startQuestion(id, 'channel', first)).toBeNull();
      await one.holds.saveQuestion(id, first, 'late');
      await one.holds.dropQuestion(id, first);
      expect((await one.holds.current('filings'))?.questions).toEqual([{ ...second, messageId: null }]);
      await one.holds.dropQuestion(id, second);
      expect((await one.holds.current('filings'))?.questions).toEqual([]);
    });

    test('a hold that is decided, carried out or unknown is not asked about, and what was asked is kept', async () => {
      const { one } = await openOne(backend);
      expect(await one.holds.startQuestion(1, 'channel', null)).toBeNull();
      const { id } = await one.holds.open('filings', ['a']);
      const question = asked(await one.holds.startQuestion(id, 'channel', null));
      await one.holds.decide(id, 'mark', 'user');
      expect(await one.holds.startQuestion(id, 'elsewhere', null)).toBeNull();
      expect(await one.holds.startQuestion(id, 'channel', question)).toBeNull();
      expect((await one.holds.current('filings'))?.questions).toEqual([question]);
      await one.holds.finish(id);
      expect(await one.holds.startQuestion(id, 'channel', null)).toBeNull();
    });
  });
}
