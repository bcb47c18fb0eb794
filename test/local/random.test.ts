import { describe, expect, test } from 'vitest';
import { Random } from '../../local/random.ts';

function times<T>(count: number, draw: () => T): T[] {
  return Array.from({ length: count }, draw);
}

describe('random choices', () => {
  test('a seed repeats its choices, and neighbouring seeds differ from the first choice on', () => {
    const draw = (seed: number) => {
      const random = new Random(seed);
      return times(20, () => random.between(0, 1e6));
    };
    expect(draw(1)).toEqual(draw(1));
    const first = times(100, () => 0).map((_, seed) => Math.floor((draw(seed)[0] ?? 0) / 1e5));
    expect(new Set(first).size).toBe(10);
  });

  test('whole numbers reach both limits, and nothing beyond', () => {
    const random = new Random(1);
    expect(new Set(times(200, () => random.between(-1, 1)))).toEqual(new Set([-1, 0, 1]));
  });

  test('a probability is kept, and 0 and 1 are certain', () => {
    const random = new Random(1);
    const share = (probability: number) => times(2000, () => random.chance(probability)).filter(Boolean).length / 2000;
    expect([share(0), share(1)]).toEqual([0, 1]);
    expect(share(0.3)).toBeCloseTo(0.3, 1);
  });

  test('weights decide how often a value is picked', () => {
    const random = new Random(1);
    const picked = times(2000, () =>
      random.weighted([
        ['often', 3],
        ['never', 0],
        ['seldom', 1],
      ] as const),
    );
    const share = (value: string) => picked.filter((one) => one === value).length / 2000;
    expect(share('never')).toBe(0);
    expect(share('often')).toBeCloseTo(0.75, 1);
  });

  test('a sample has different values, and all of them when it is as large as the choice', () => {
    const random = new Random(1);
    const values = [1, 2, 3, 4, 5];
    expect(new Set(random.sample(values, 3)).size).toBe(3);
    expect(new Set(random.sample(values, 9))).toEqual(new Set(values));
    expect(values).toEqual([1, 2, 3, 4, 5]);
  });

  test('nothing can be picked from an empty list', () => {
    expect(() => new Random(1).pick([])).toThrow('nothing to pick from');
  });
});
