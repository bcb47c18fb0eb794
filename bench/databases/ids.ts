import { Random } from '../../local/random.ts';

/** Filers whose accession numbers follow one another in turns, as the agents do who file for others at EDGAR. */
const FILERS = 5_000;

/**
 * The nth accession number: each filer counts its own up, and who is next changes from round to round. So the numbers
 * come in no order, and each grows beside its neighbours, as the real ones do.
 */
export function idOf(n: number): string {
  const round = Math.floor(n / FILERS);
  const filer = 1_000_000 + 37 * (((n % FILERS) * 2_731 + round * 1_237) % FILERS);
  return `${String(filer).padStart(10, '0')}-25-${String(round).padStart(6, '0')}`;
}

/** The same in SQL, of the column `n`. */
export const idSql = `printf('%010d-25-%06d', 1000000 + 37 * ((n % ${FILERS} * 2731 + n / ${FILERS} * 1237) % ${FILERS}), n / ${FILERS})`;

/** The id as the earlier bot stored it: the longest that anybody has in such a table. */
export const atomIdSql = `'urn:tag:sec.gov,2008:accession-number=' || ${idSql}`;

/** Batches as a feed gives them: `seen` ids of a table with `rows` rows, then some that it does not have, mixed. */
export function feedBatches(count: number, rows: number, { seen = 120, unseen = 30, seed = 1 } = {}): string[][] {
  const random = new Random(seed);
  return Array.from({ length: count }, () => {
    const known = Array.from({ length: seen }, () => idOf(random.between(0, rows - 1)));
    const fresh = Array.from({ length: unseen }, () => idOf(random.between(rows, rows + 999_999)));
    const ids = [...new Set([...known, ...fresh])];
    return random.sample(ids, ids.length);
  });
}
