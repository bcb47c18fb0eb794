import type { CoverageWrites } from '../../port/writes.ts';
import type { CoverageRow } from '../../rows.ts';
import type { WriteContext } from './context.ts';

/** The coverage of each feed, a row for each. */
export function coverageWrites({ db, transact }: WriteContext): CoverageWrites {
  const save = db.prepare<[CoverageRow]>(
    `INSERT INTO seen_coverage (feed, categories) VALUES (@feed, @categories)
     ON CONFLICT (feed) DO UPDATE SET categories = excluded.categories`,
  );
  return { saveCoverage: (row) => transact(() => void save.run(row)) };
}
