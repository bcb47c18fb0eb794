import { atMost, databaseOf, type BenchCase, type CaseInput } from '../case.ts';
import { copyOf } from '../databases/build.ts';
import { longest, quantile } from '../measure/statistics.ts';
import { Child } from '../processes/child.ts';
import type { ClaimerResult, ClaimerTask } from '../processes/claimer.ts';

const ROWS = 10_000;

interface Outcome {
  readonly granted: number;
  readonly twice: number;
  readonly missing: number;
  readonly longestMs: number;
  readonly p99Ms: number;
}

/** Six claimers want the same ids: four threads of one process, and two more processes. */
const contentionCase: BenchCase = {
  name: 'contention',
  title: '4 threads and 2 processes claim the same ids',
  rows: () => [ROWS],
  run: async (input) => {
    const count = input.quick ? 2_000 : 6_000;
    const ours = await contend(input, 'ours', count);
    const naive = await contend(input, 'busy timeout', count);
    return [
      {
        label: 'ids granted twice, or to nobody',
        value: ours.twice + ours.missing,
        unit: 'items',
        ...atMost(0),
        detail: `${ours.granted} of ${count} granted; six claimers, 10 ids a claim`,
        figures: { granted: ours.granted, twice: ours.twice, missing: ours.missing },
      },
      {
        label: 'longest wait of a claim or a commit',
        value: ours.longestMs,
        unit: 'ms',
        ...atMost(100),
        detail: `99 % below ${ours.p99Ms.toFixed(0)} ms; with SQLite's busy timeout ${naive.longestMs.toFixed(0)} ms`,
        figures: { ours: ours.longestMs, p99: ours.p99Ms, busyTimeout: naive.longestMs },
      },
    ];
  },
};

async function contend(input: CaseInput, design: ClaimerTask['design'], count: number): Promise<Outcome> {
  const path = copyOf(databaseOf(input, ROWS), input.folder, `contention-${design.replace(' ', '-')}`);
  const start = (threads: number): Promise<Child> => {
    const task: ClaimerTask = { path, design, threads, from: ROWS, count };
    return Child.start('claimer.ts', [JSON.stringify(task)]);
  };
  const claimers = await Promise.all([start(4), start(1), start(1)]);
  claimers.forEach((claimer) => claimer.go());
  const results = await Promise.all(claimers.map((claimer) => claimer.result<ClaimerResult>()));
  const granted = results.flatMap((result) => result.granted);
  const distinct = new Set(granted).size;
  const waits = results.flatMap((result) => result.waits);
  return {
    granted: distinct,
    twice: granted.length - distinct,
    missing: count - distinct,
    longestMs: longest(waits),
    p99Ms: quantile(waits, 0.99),
  };
}

export default contentionCase;
