import BetterSqlite3 from 'better-sqlite3';

import { atMost, databaseOf, million, short, type BenchCase, type CaseInput, type Measurement } from '../../case.ts';
import { feedBatches } from '../../databases/ids.ts';
import { openQuietStore } from '../../databases/open.ts';
import { interleave } from '../../measure/interleave.ts';

/** The prefilter beside the one statement that it comes down to. */
const prefilterCase: BenchCase = {
  name: 'prefilter',
  title: 'Prefilter of 150 ids, 120 of them seen',
  rows: (quick) => (quick ? [10_000, million] : [10_000, million, 10 * million]),
  run: async (input) => {
    const measurements: Measurement[] = [];
    for (const rows of prefilterCase.rows(input.quick)) measurements.push(await measure(input, rows));
    return measurements;
  },
};

async function measure(input: CaseInput, rows: number): Promise<Measurement> {
  const path = databaseOf(input, rows);
  const store = await openQuietStore(path);
  const db = new BetterSqlite3(path, { readonly: true });
  const statement = db
    .prepare<[ids: string], string>(
      'SELECT value FROM json_each(?) WHERE NOT EXISTS (SELECT 1 FROM seen WHERE id = value)',
    )
    .pluck();
  const batches = feedBatches(500, rows);
  const batch = (round: number): string[] => batches[round % batches.length] ?? [];
  const { ours, bare } = await interleave(input.quick ? 2_000 : 4_000, {
    ours: (round) => store.filterUnseen(batch(round)),
    bare: (round) => statement.all(JSON.stringify(batch(round))),
  });
  db.close();
  await store.close();
  return {
    label: `${short(rows)} rows, to the bare statement`,
    value: ours / bare,
    unit: '×',
    ...atMost(1.15),
    detail: `${ours.toFixed(0)} µs, bare ${bare.toFixed(0)} µs`,
    figures: { rows, ours, bare },
  };
}

export default prefilterCase;
