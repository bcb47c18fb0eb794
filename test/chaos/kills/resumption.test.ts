import { beforeEach, expect, test } from 'vitest';

import { Resumption } from '../../../chaos/kills/resumption.ts';

let now: number;
let resumption: Resumption;

beforeEach(() => {
  now = 500;
  resumption = new Resumption(() => now);
  for (const client of ['a', 'b']) resumption.clientStarted(client);
});

const unmeasured = { p50: null, p99: null };
const all = (ms: number) => ({ p50: ms, p99: ms });

test('an item counts from the kill of its client until another one has it, by what was killed', () => {
  resumption.claimed('item-1', 'a');
  resumption.clientEnded('a', 'thread');
  now += 3_000;
  resumption.claimed('item-1', 'b');
  resumption.clientEnded('b', 'process');
  resumption.clientStarted('c');
  now += 40;
  resumption.claimed('item-1', 'c');
  expect(resumption.report()).toEqual({ thread: all(3_000), process: all(40), open: 0, leftOut: 0 });
});

test('an item that living clients ignore is measured, even when they are killed one by one until none lives', () => {
  resumption.claimed('item-1', 'a');
  resumption.clientEnded('a', 'process');
  now += 4_000;
  resumption.clientEnded('b', 'process');
  now += 100_000;
  resumption.clientStarted('c');
  now += 5_000;
  resumption.claimed('item-1', 'c');
  expect(resumption.report()).toEqual({ process: all(9_000), thread: unmeasured, open: 0, leftOut: 0 });
});

test('a kill of everything is left out and counted, and the waits of earlier kills outlive it', () => {
  resumption.clientStarted('c');
  for (const client of ['a', 'b']) resumption.claimed(`item of ${client}`, client);
  resumption.clientEnded('a', 'process');
  now += 1_000;
  for (const client of ['b', 'c']) resumption.clientEnded(client, 'everything');
  now += 60_000;
  resumption.clientStarted('d');
  now += 10;
  for (const client of ['a', 'b']) resumption.claimed(`item of ${client}`, 'd');
  expect(resumption.report()).toEqual({ process: all(1_010), thread: unmeasured, open: 0, leftOut: 1 });
});

test('an item that nobody has taken up by the end is counted apart, and one that was settled is not', () => {
  for (const client of ['a', 'b']) resumption.claimed(`item of ${client}`, client);
  resumption.left('item of b', 'b');
  for (const client of ['a', 'b']) resumption.clientEnded(client, 'process');
  expect(resumption.report()).toEqual({ process: unmeasured, thread: unmeasured, open: 1, leftOut: 0 });
});
