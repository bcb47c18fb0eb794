import { expect, test } from 'vitest';

import { planDeaths } from '../../chaos/plan.ts';
import { steps } from '../../chaos/protocol.ts';

const moments = [...steps, 'random'].toSorted();

test('a seed plans the same deaths again, another seed others', () => {
  expect(planDeaths(1, 50, 2)).toEqual(planDeaths(1, 50, 2));
  expect(planDeaths(1, 50, 2)).not.toEqual(planDeaths(2, 50, 2));
});

test('every moment comes up before any comes up again', () => {
  for (const seed of [1, 2, 3]) {
    const first = planDeaths(seed, moments.length, 2).map(({ moment }) => moment);
    expect(first.toSorted()).toEqual(moments);
  }
});

test('a long plan kills threads, processes and everything, and returns within, near and beyond the nonce window', () => {
  const deaths = planDeaths(1, 200, 3);
  expect(new Set(deaths.map(({ victim }) => victim))).toEqual(new Set(['thread', 'process', 'everything']));
  expect(new Set(deaths.map(({ thread }) => thread))).toEqual(new Set([0, 1, 2]));
  const blackouts = deaths.filter(({ victim }) => victim === 'everything').map(({ awayMs }) => awayMs);
  expect(Math.min(...blackouts)).toBeLessThan(120_000);
  expect(Math.max(...blackouts)).toBeGreaterThan(240_000);
});
