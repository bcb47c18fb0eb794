import { atMost, databaseOf, type BenchCase, type CaseInput } from '../../case.ts';
import { copyOf } from '../../databases/sqlite.ts';
import { contend, grantedOnce, type Outcome } from '../../processes/contend.ts';
import type { ClaimerTask } from '../../processes/claimer.ts';

const ROWS = 10_000;

/** Six claimers want the same ids: four threads of one process, and two more processes. */
const contentionCase: BenchCase = {
  name: 'contention',
  title: '4 threads and 2 processes claim the same ids',
  rows: () => [ROWS],
  run: async (input) => {
    const count = input.quick ? 2_000 : 6_000;
    const ours = await contendOnCopy(input, 'ours', count);
    const naive = await contendOnCopy(input, 'busy timeout', count);
    return [
      grantedOnce(ours, count),
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

function contendOnCopy(input: CaseInput, design: ClaimerTask['design'], count: number): Promise<Outcome> {
  const database = copyOf(databaseOf(input, ROWS), input.folder, `contention-${design.replace(' ', '-')}`);
  return contend({ database, design, from: ROWS, count }, [4, 1, 1]);
}

export default contentionCase;
