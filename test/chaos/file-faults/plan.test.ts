import { expect, test } from 'vitest';

import { faultKinds, planFaults } from '../../../chaos/file-faults/plan.ts';
import { LEASE_MS } from '../../../chaos/file-faults/protocol.ts';

const round = faultKinds.length + 2;

test('a seed plans the same faults again, and another seed plans others', () => {
  const plan = planFaults({ seed: 1, faults: 50, processes: 3 });
  expect(plan).toHaveLength(50);
  expect(planFaults({ seed: 1, faults: 50, processes: 3 })).toEqual(plan);
  expect(planFaults({ seed: 2, faults: 50, processes: 3 })).not.toEqual(plan);
});

test('every kind comes up before any but a stop comes up again', () => {
  for (const seed of [1, 2, 3]) {
    const first = planFaults({ seed, faults: round, processes: 3 }).map(({ kind }) => kind);
    expect(new Set(first)).toEqual(new Set(faultKinds));
    expect(first.filter((kind) => kind === 'stop')).toHaveLength(3);
  }
});

test('a long plan stops for less and for more than a lease, and kills one process, or all of them', () => {
  const plan = planFaults({ seed: 1, faults: 40 * round, processes: 3 });
  const stops = plan.filter(({ kind }) => kind === 'stop').map(({ forMs }) => forMs);
  expect(stops.some((ms) => ms < LEASE_MS)).toBe(true);
  expect(stops.some((ms) => ms > 2 * LEASE_MS)).toBe(true);
  const kills = plan.filter(({ kind }) => kind === 'kill').map(({ affected }) => affected);
  expect(new Set(kills)).toEqual(new Set([1, 3]));
  for (const { order } of plan) expect(new Set(order)).toEqual(new Set([0, 1, 2]));
});
