import BetterSqlite3 from 'better-sqlite3';

import { atMost, databaseOf, million, short, type BenchCase, type CaseInput, type Measurement } from '../../case.ts';
import { feedBatches } from '../../databases/ids.ts';
import { openQuietStore } from '../../databases/open.ts';
import { interleave } from '../../measure/interleave.ts';

/** A single question, with its promise and the check of its id, beside the prepared statement. */
const isSeenCase: BenchCase = {
  name: 'is-seen',
  title: 'isSeen, one id after the other',
  rows: () => [10_000, million],
  run: async (input) => [await measure(input, 10_000), await measure(input, million)],
};

async function measure(input: CaseInput, rows: number): Promise<Measurement> {
  const path = databaseOf(input, rows);
  const store = await openQuietStore(path);
  const db = new BetterSqlite3(path, { readonly: true });
  const statement = db.prepare<[id: string], number>('SELECT 1 FROM seen WHERE id = ?').pluck();
  const batches = feedBatches(200, rows);
  const batch = (round: number): string[] => batches[round % batches.length] ?? [];
  const { ours, bare } = await interleave(input.quick ? 1_000 : 3_000, {
    ours: async (round) => {
      for (const id of batch(round)) await store.isSeen(id);
    },
    bare: (round) => {
      for (const id of batch(round)) statement.get(id);
    },
  });
  db.close();
  await store.close();
  return {
    label: `${short(rows)} rows, to the bare prepared statement`,
    value: ours / bare,
    unit: '×',
    ...atMost(1.2),
    detail: `${(ours / 150).toFixed(2)} µs, bare ${(bare / 150).toFixed(2)} µs`,
    figures: { rows, ours: ours / 150, bare: bare / 150 },
  };
}

export default isSeenCase;
