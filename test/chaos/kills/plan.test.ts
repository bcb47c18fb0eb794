import { expect, test } from 'vitest';

import { planKills } from '../../../chaos/kills/plan.ts';
import { steps } from '../../../chaos/kills/protocol.ts';

const moments = [...steps, 'random'].toSorted();

test('a seed plans the same kills again, and another seed plans others', () => {
  const plan = planKills({ seed: 1, kills: 50, threads: 2 });
  expect(plan).toHaveLength(50);
  expect(planKills({ seed: 1, kills: 50, threads: 2 })).toEqual(plan);
  expect(planKills({ seed: 2, kills: 50, threads: 2 })).not.toEqual(plan);
});

test('every moment comes up before any comes up again', () => {
  for (const seed of [1, 2, 3]) {
    const first = planKills({ seed, kills: moments.length, threads: 2 }).map(({ moment }) => moment);
    expect(first.toSorted()).toEqual(moments);
  }
});

test('a long plan kills every kind of target, with outages within, near and beyond the nonce window', () => {
  const plan = planKills({ seed: 1, kills: 200, threads: 3 });
  expect(new Set(plan.map(({ target }) => target))).toEqual(new Set(['thread', 'process', 'everything']));
  expect(new Set(plan.map(({ thread }) => thread))).toEqual(new Set([0, 1, 2]));
  const outages = plan.filter(({ target }) => target === 'everything').map(({ downMs }) => downMs);
  expect(outages.some((ms) => ms > 0 && ms < 120_000)).toBe(true);
  expect(outages.some((ms) => ms > 120_000 && ms < 240_000)).toBe(true);
  expect(outages.some((ms) => ms > 240_000)).toBe(true);
});
