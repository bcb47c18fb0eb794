import { atMost, databaseOf, million, type BenchCase } from '../case.ts';
import { copyOf } from '../data/build.ts';
import { idOf } from '../data/ids.ts';
import { openQuietStore } from '../data/open.ts';
import { BareClaims } from '../measure/bare-claims.ts';
import { interleave } from '../measure/interleave.ts';

const BATCH = 30;

/** A claim and a commit of new ids, both on the disk when they return, beside two bare transactions. */
export const claimCommitCase: BenchCase = {
  name: 'claim-commit',
  title: 'Claim + commit of 30 new ids, synchronous=FULL',
  rows: () => [million],
  run: async (input) => {
    const database = databaseOf(input, million);
    const store = await openQuietStore(copyOf(database, input.folder, 'claim-ours'));
    const bareClaims = new BareClaims(copyOf(database, input.folder, 'claim-bare'));
    const ids = (round: number): string[] =>
      Array.from({ length: BATCH }, (_, index) => idOf(million + round * BATCH + index));
    const { ours, bare } = await interleave(input.quick ? 300 : 1_000, {
      ours: async (round) => store.commit(await store.claim(ids(round))),
      bare: (round) => bareClaims.commit(bareClaims.claim(ids(round))),
    });
    bareClaims.close();
    await store.close();
    return [
      {
        label: '1M rows, to the bare transactions',
        value: ours / bare,
        unit: '×',
        ...atMost(1.3),
        detail: `${(ours / 1000).toFixed(2)} ms, bare ${(bare / 1000).toFixed(2)} ms`,
        figures: { ours, bare },
      },
    ];
  },
};
