import { databaseOf, type BenchCase } from '../../case.ts';
import { contend, grantedOnce } from '../../processes/contend.ts';

const ROWS = 10_000;

/** Six processes want the same ids. */
const contentionCase: BenchCase = {
  name: 'contention',
  title: '6 processes claim the same ids in PostgreSQL',
  rows: () => [ROWS],
  run: async (input) => {
    const count = input.quick ? 1_000 : 6_000;
    const task = { database: databaseOf(input, ROWS), design: 'ours', from: ROWS, count } as const;
    const ours = await contend(task, [1, 1, 1, 1, 1, 1]);
    return [
      grantedOnce(ours, count),
      {
        label: 'longest wait of a claim or a commit',
        value: ours.longestMs,
        unit: 'ms',
        detail: `99 % below ${ours.p99Ms.toFixed(0)} ms`,
        figures: { ours: ours.longestMs, p99: ours.p99Ms },
      },
    ];
  },
};

export default contentionCase;
