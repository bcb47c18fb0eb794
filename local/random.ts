import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { mersenne } from 'pure-rand/generator/mersenne';

/** Random choices that the same seed repeats. */
export class Random {
  // The package's other generators begin almost alike for neighbouring seeds.
  readonly #generator: ReturnType<typeof mersenne>;

  constructor(seed: number) {
    this.#generator = mersenne(seed);
  }

  /** Draws a whole number from `low` to `high`, both included. */
  between(low: number, high: number): number {
    return uniformInt(this.#generator, low, high);
  }

  /** Returns true with the given probability, from 0 to 1. */
  chance(probability: number): boolean {
    return uniformFloat64(this.#generator) < probability;
  }

  /** @throws When there is nothing to pick from. */
  pick<T>(values: readonly T[]): T {
    const [value] = this.sample(values, 1);
    if (value === undefined) throw new Error('There is nothing to pick from.');
    return value;
  }

  /** Picks `count` different values, in random order; all of them if there are fewer. */
  sample<T>(values: readonly T[], count: number): T[] {
    const left = [...values];
    const picked: T[] = [];
    while (picked.length < count && left.length > 0) picked.push(...left.splice(this.between(0, left.length - 1), 1));
    return picked;
  }

  /** Picks a value out of `[value, weight]` pairs, as often as its weight says. */
  weighted<T>(choices: readonly (readonly [T, number])[]): T {
    let at = uniformFloat64(this.#generator) * choices.reduce((sum, [, weight]) => sum + weight, 0);
    for (const [value, weight] of choices) {
      at -= weight;
      if (at < 0) return value;
    }
    return this.pick(choices)[0];
  }
}
