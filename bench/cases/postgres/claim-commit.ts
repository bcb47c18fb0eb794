import { atMost, databaseOf, million, type BenchCase } from '../../case.ts';
import { idOf } from '../../databases/ids.ts';
import { openOverPool } from '../../databases/open-postgres.ts';
import { CountedPool } from '../../measure/counted-pool.ts';
import { interleave } from '../../measure/interleave.ts';

const BATCH = 30;

const TABLE = 'CREATE TABLE bare (id text COLLATE "C" PRIMARY KEY, state text NOT NULL)';
const INSERT = `INSERT INTO bare SELECT unnest($1::text[]), 'claimed'`;
const UPDATE = `UPDATE bare SET state = 'posted' WHERE id = ANY($1::text[])`;

/**
 * A claim and a commit of new ids, both on the server's disk when they return, beside the least that any store must do:
 * to insert as many rows, and to update them.
 */
const claimCommitCase: BenchCase = {
  name: 'claim-commit',
  title: 'Claim + commit of 30 new ids, in PostgreSQL on this machine',
  rows: () => [million],
  run: async (input) => {
    const pool = new CountedPool(databaseOf(input, million));
    const store = await openOverPool(pool.lent);
    const client = await pool.client();
    await client.query({ text: TABLE });
    const claimAndCommit = async (round: number): Promise<void> => store.commit(await store.claim(idsOf(round)));
    const rounds = input.quick ? 200 : 1_000;
    const { ours, bare } = await interleave(rounds, {
      ours: claimAndCommit,
      bare: async (round) => {
        await client.query({ text: INSERT, values: [idsOf(round)] });
        await client.query({ text: UPDATE, values: [idsOf(round)] });
      },
    });
    client.release();
    const roundTrips = await pool.count(() => claimAndCommit(2 * rounds));
    await store.close();
    await pool.end();
    return [
      {
        label: '1M rows, claim and commit',
        value: ours / 1000,
        unit: 'ms',
        ...atMost(12),
        detail: `median; two bare statements ${(bare / 1000).toFixed(1)} ms`,
        figures: { ours, bare },
      },
      { label: 'round trips', value: roundTrips, unit: 'items', ...atMost(3), detail: 'statements sent' },
    ];
  },
};

function idsOf(round: number): string[] {
  return Array.from({ length: BATCH }, (_, index) => idOf(million + round * BATCH + index));
}

export default claimCommitCase;
