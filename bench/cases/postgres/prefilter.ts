import { atMost, databaseOf, million, short, type BenchCase, type CaseInput, type Measurement } from '../../case.ts';
import { feedBatches } from '../../databases/ids.ts';
import { openOverPool } from '../../databases/open-postgres.ts';
import { CountedPool } from '../../measure/counted-pool.ts';
import { interleave } from '../../measure/interleave.ts';

const STATEMENT = 'SELECT id FROM seen.seen WHERE id = ANY($1::text[])';

/** The prefilter beside the one statement that it comes down to. */
const prefilterCase: BenchCase = {
  name: 'prefilter',
  title: 'Prefilter of 150 ids, 120 of them seen, in PostgreSQL on this machine',
  rows: () => [10_000, million],
  run: async (input) => {
    const measurements: Measurement[] = [];
    for (const rows of prefilterCase.rows(input.quick)) measurements.push(...(await measure(input, rows)));
    return measurements;
  },
};

async function measure(input: CaseInput, rows: number): Promise<Measurement[]> {
  const pool = new CountedPool(databaseOf(input, rows));
  const store = await openOverPool(pool.lent);
  const client = await pool.client();
  const batches = feedBatches(500, rows);
  const batch = (round: number): string[] => batches[round % batches.length] ?? [];
  const { ours, bare } = await interleave(input.quick ? 1_000 : 3_000, {
    ours: (round) => store.filterUnseen(batch(round)),
    bare: (round) => client.query({ text: STATEMENT, values: [batch(round)] }),
  });
  const roundTrips = await pool.count(() => store.filterUnseen(batch(0)));
  const { rows: plan } = await client.query({ text: `EXPLAIN ${pool.lastText}`, values: [batch(0)] });
  const isIndexed = plan.length > 0 && !JSON.stringify(plan).includes('Seq Scan on seen ');
  client.release();
  await store.close();
  await pool.end();
  const size = `${short(rows)} rows`;
  return [
    {
      label: `${size}, a batch`,
      value: ours / 1000,
      unit: 'ms',
      ...atMost(1.2),
      detail: `the bare statement ${(bare / 1000).toFixed(2)} ms`,
      figures: { rows, ours, bare },
    },
    { label: `${size}, round trips`, value: roundTrips, unit: 'items', ...atMost(1), detail: 'statements sent' },
    {
      label: `${size}, plans that read the whole table`,
      value: isIndexed ? 0 : 1,
      unit: 'items',
      ...atMost(0),
      detail: 'EXPLAIN of the statement that the store sends',
    },
  ];
}

export default prefilterCase;
