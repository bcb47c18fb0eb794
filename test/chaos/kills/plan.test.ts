import { describe, expect, test } from 'vitest';

import { channels, troubles } from '../../../chaos/kills/plan-disturbances.ts';
import { planKills, planRun } from '../../../chaos/kills/plan.ts';
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

describe('disturbances', () => {
  test('a seed plans the same again, and another seed plans others', () => {
    const options = { seed: 1, kills: 30, threads: 2, processes: 3 };
    expect(planRun(options)).toEqual(planRun(options));
    expect(planRun({ ...options, seed: 2 }).clockSteps).not.toEqual(planRun(options).clockSteps);
    expect(planRun({ ...options, seed: 2 }).troubles).not.toEqual(planRun(options).troubles);
  });

  test('a long plan sets the clocks of one process and of all by up to an hour either way', () => {
    const { clockSteps } = planRun({ seed: 1, kills: 200, threads: 2, processes: 3 });
    expect(new Set(clockSteps.map(({ process }) => process))).toEqual(new Set([undefined, 0, 1, 2]));
    const minutes = clockSteps.map(({ byMs }) => byMs / 60_000);
    expect([Math.min(...minutes) < -50, Math.max(...minutes) > 50]).toEqual([true, true]);
    expect(minutes.every((length) => Math.abs(length) >= 1 && Math.abs(length) <= 60)).toBe(true);
  });

  test('every trouble comes up before any comes up again, as the kills go on', () => {
    const { troubles: planned } = planRun({ seed: 1, kills: 30, threads: 2, processes: 3 });
    expect(new Set(planned.map(({ kind }) => kind))).toEqual(new Set(Object.keys(troubles)));
    expect(new Set(planned.map(({ channel }) => channel))).toEqual(new Set(channels));
    const kills = planned.map(({ pause }) => pause.afterKills);
    expect(kills).toEqual(kills.toSorted((a, b) => a - b));
    expect(kills.at(-1)).toBeLessThan(30);
  });
});
