import { Child } from './child.ts';
import type { ClaimerResult, ClaimerTask } from './claimer.ts';
import { atMost, type Measurement } from '../case.ts';
import { longest, quantile } from '../measure/statistics.ts';

/** The outcome for all claimers together. */
export interface Outcome {
  readonly granted: number;
  readonly twice: number;
  readonly missing: number;
  readonly longestMs: number;
  readonly p99Ms: number;
}

/**
 * Lets processes claim the same ids at the same time.
 *
 * @param threads The number of claimers in each process.
 */
export async function contend(task: Omit<ClaimerTask, 'threads'>, threads: readonly number[]): Promise<Outcome> {
  const start = (count: number): Promise<Child> =>
    Child.start('claimer.ts', [JSON.stringify({ ...task, threads: count } satisfies ClaimerTask)]);
  const claimers = await Promise.all(threads.map(start));
  claimers.forEach((claimer) => claimer.go());
  const results = await Promise.all(claimers.map((claimer) => claimer.result<ClaimerResult>()));
  const granted = results.flatMap((result) => result.granted);
  const distinct = new Set(granted).size;
  const waits = results.flatMap((result) => result.waits);
  return {
    granted: distinct,
    twice: granted.length - distinct,
    missing: task.count - distinct,
    longestMs: longest(waits),
    p99Ms: quantile(waits, 0.99),
  };
}

/** The line of the table that says whether each of so many ids was granted to one claimer. */
export function grantedOnce({ granted, twice, missing }: Outcome, count: number): Measurement {
  return {
    label: 'ids granted twice, or to nobody',
    value: twice + missing,
    unit: 'items',
    ...atMost(0),
    detail: `${granted} of ${count} granted; six claimers, 10 ids a claim`,
    figures: { granted, twice, missing },
  };
}
