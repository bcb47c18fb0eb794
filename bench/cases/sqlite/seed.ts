import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { SeenStore } from 'sapphire-plugin-seen/store';

import { atLeast, databaseOf, million, short, type BenchCase, type CaseInput, type Measurement } from '../../case.ts';
import { feedBatches } from '../../databases/ids.ts';
import { openQuietStore } from '../../databases/open.ts';
import { median } from '../../measure/statistics.ts';

/** The prefilter beside the earlier bot's store, in Python, on the same file. */
const seedCase: BenchCase = {
  name: 'seed',
  title: 'Prefilter, against the seed design in Python',
  rows: (quick) => (quick ? [10_000, million] : [10_000, million, 10 * million]),
  run: async (input) => {
    if (spawnSync('python3', ['-c', 'import sqlite3']).status !== 0)
      return [{ label: 'the seed design', missing: 'python3 is not there' }];
    const measurements: Measurement[] = [];
    for (const rows of seedCase.rows(input.quick)) measurements.push(await measure(input, rows));
    return measurements;
  },
};

/** There is no goal in between. */
const goals: Readonly<Record<number, number>> = { 10_000: 8, [10 * million]: 2.5 };

/** Batches in a row, before it is the other's turn: one that wakes up for a single batch finds its caches cold. */
const BLOCK = 100;

async function measure(input: CaseInput, rows: number): Promise<Measurement> {
  const path = databaseOf(input, rows);
  const store = await openQuietStore(path);
  const seed = new Seed(path);
  const ours: number[] = [];
  const seeds: number[] = [];
  const batches = feedBatches(input.quick ? 800 : 1_600, rows);
  for (let start = 0; start < batches.length; start += BLOCK) {
    const block = batches.slice(start, start + BLOCK);
    const unseen = await timeOurs(store, block, ours);
    for (const [index, [time, count]] of (await seed.prefilter(block)).entries()) {
      seeds.push(time);
      if (count !== unseen[index]) throw new Error('The seed design and ours do not agree on what has been seen.');
    }
  }
  await seed.close();
  await store.close();
  const [own, other] = [median(ours), median(seeds)];
  const goal = goals[rows];
  return {
    label: `${short(rows)} rows, times faster than the seed`,
    value: other / own,
    unit: '×',
    ...(goal === undefined ? {} : atLeast(goal)),
    detail: `${own.toFixed(0)} µs, seed ${other.toFixed(0)} µs`,
    figures: { rows, ours: own, seed: other },
  };
}

/** Returns how many of each batch were unseen. */
async function timeOurs(store: SeenStore, block: readonly string[][], times: number[]): Promise<number[]> {
  const unseen: number[] = [];
  for (const batch of block) {
    const startedAt = performance.now();
    const { length } = await store.filterUnseen(batch);
    times.push((performance.now() - startedAt) * 1000);
    unseen.push(length);
  }
  return unseen;
}

class Seed {
  readonly #process;
  readonly #lines;

  constructor(path: string) {
    const program = fileURLToPath(new URL('../../processes/seed.py', import.meta.url));
    this.#process = spawn('python3', [program, path], { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#lines = createInterface({ input: this.#process.stdout })[Symbol.asyncIterator]();
  }

  /** For each batch, microseconds by Python's own clock, and how many were unseen. */
  async prefilter(batches: readonly string[][]): Promise<[number, number][]> {
    this.#process.stdin.write(`${JSON.stringify(batches)}\n`);
    const line = await this.#lines.next();
    if (line.done) throw new Error('The seed design ended.');
    return JSON.parse(line.value) as [number, number][];
  }

  async close(): Promise<void> {
    const closed = once(this.#process, 'close');
    this.#process.stdin.end();
    await closed;
  }
}

export default seedCase;
