import type { Access } from './access.ts';
import type { RangeSummary, Statements } from './statements.ts';
import type { KeyRange } from './walk.ts';

/** Rows, oldest and newest of the whole table, range by range. Times are Unix times in seconds. */
export async function summarizeTable(
  access: Access,
  statements: Statements,
  ranges: AsyncIterable<KeyRange>,
): Promise<RangeSummary> {
  let summary: RangeSummary = { rows: 0, oldest: null, newest: null };
  for await (const { from, to } of ranges) {
    const range = access.read('stats', () => statements.summarize.get(from, to));
    if (range !== undefined) summary = merge(summary, range);
  }
  return summary;
}

function merge(one: RangeSummary, other: RangeSummary): RangeSummary {
  return {
    rows: one.rows + other.rows,
    oldest: pick(Math.min, one.oldest, other.oldest),
    newest: pick(Math.max, one.newest, other.newest),
  };
}

function pick(choose: (a: number, b: number) => number, a: number | null, b: number | null): number | null {
  if (a === null || b === null) return a ?? b;
  return choose(a, b);
}
