import { median } from './statistics.ts';

/** Does the work of one round, and may return a promise. */
export type Contestant = (round: number) => unknown;

/**
 * Runs the contestants in turns, each first as often as the others, and returns the median time of each in
 * microseconds. Whatever the machine does beside the bench meets all of them alike; the ratios stand, the times drift.
 *
 * @param block Rounds in a row before it is the next one's turn. Where many contestants take turns, each would find the
 *   processor's caches full of the others' data.
 */
export async function interleave<Name extends string>(
  rounds: number,
  contestants: Readonly<Record<Name, Contestant>>,
  block = 1,
): Promise<Record<Name, number>> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- Object.keys forgets the names
  const names = Object.keys(contestants) as Name[];
  const times = new Map(names.map((name) => [name, [] as number[]]));
  const warmUp = Math.ceil(rounds / 10 / block) * block;
  for (let start = 0; start < rounds + warmUp; start += block) {
    const shift = (start / block) % names.length;
    for (const name of [...names.slice(shift), ...names.slice(0, shift)]) {
      for (let round = start; round < start + block; round += 1) {
        const time = await microseconds(contestants[name], round);
        if (round >= warmUp) times.get(name)?.push(time);
      }
    }
  }
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the names from above
  return Object.fromEntries([...times].map(([name, all]) => [name, median(all)])) as Record<Name, number>;
}

/** A synchronous contestant is not made to wait for a promise that it does not need. */
async function microseconds(work: Contestant, round: number): Promise<number> {
  const startedAt = performance.now();
  const result = work(round);
  if (result instanceof Promise) await result;
  return (performance.now() - startedAt) * 1000;
}
