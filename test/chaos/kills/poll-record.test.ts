import { beforeEach, describe, expect, test } from 'vitest';

import { PollRecord } from '../../../chaos/kills/poll-record.ts';

let now: number;
let record: PollRecord;

beforeEach(() => {
  now = 1_000;
  record = new PollRecord(() => now);
  for (const client of ['a', 'b']) record.clientStarted(client);
});

function poll(client: string, term: number): void {
  record.arrived(client, term);
  record.answered(term);
}

describe('two clients poll at once', () => {
  test('when one polls in its term after a poll in a newer term was answered', () => {
    poll('a', 5);
    poll('b', 6);
    poll('a', 5);
    expect(record.report()).toMatchObject({
      polledTogether: ["a polled in term 5 after a poll in term 6, which is b's, was answered"],
      polls: 3,
      terms: 2,
    });
  });

  test('when one polls in the term of another', () => {
    poll('a', 5);
    poll('b', 5);
    expect(record.report().polledTogether).toEqual(["b polled in term 5, which was a's"]);
  });

  test('when one polls that knows no term', () => {
    poll('a', NaN);
    expect(record.report()).toMatchObject({ polledTogether: ['a polled without a term'], terms: 0 });
  });

  test('but not when a poll of the earlier leader was only overtaken on its way', () => {
    poll('a', 5);
    record.arrived('b', 6);
    record.arrived('a', 5);
    record.answered(6);
    poll('b', 6);
    expect(record.report().polledTogether).toEqual([]);
  });
});

describe('the time until another client polls', () => {
  test('counts from the end of the leader', () => {
    poll('a', 5);
    record.clientEnded('a');
    now += 40;
    poll('b', 6);
    record.clientEnded('b');
    record.clientStarted('c');
    now += 10;
    poll('c', 7);
    const takeoverMs = { p50: 10, p99: 40, longest: 40 };
    expect(record.report()).toMatchObject({ takeoverMs, unpolled: [], polledTogether: [] });
  });

  test('leaves out the time in which nobody lived', () => {
    poll('a', 5);
    for (const client of ['a', 'b']) record.clientEnded(client);
    now += 100_000;
    record.clientStarted('c');
    now += 30;
    poll('c', 6);
    expect(record.report()).toMatchObject({ takeoverMs: { longest: 30 }, unpolled: [] });
  });

  test('does not count the end of a client that did not lead', () => {
    poll('a', 5);
    record.clientEnded('b');
    now += 100_000;
    expect(record.report()).toMatchObject({ takeoverMs: { longest: null }, unpolled: [] });
  });

  test('is a fault when it is longer than ten leases, whether or not anybody polls after it', () => {
    poll('a', 5);
    record.clientEnded('a');
    now += 60_000;
    expect(record.report().unpolled).toEqual(['nobody polled for 60000 ms']);
    poll('b', 6);
    now += 60_000;
    expect(record.report().unpolled).toEqual(['nobody polled for 60000 ms']);
  });
});
