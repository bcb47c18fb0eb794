import type { CoverageWrites } from '../../port/writes.ts';
import type { Database } from '../database.ts';

/** The coverage of each feed, a row for each. A save that is repeated must not undo one that came after it. */
export function coverageWrites(database: Database): CoverageWrites {
  const { coverage } = database.tables;
  return {
    saveCoverage: ({ feed, categories }) =>
      database.transact('coverage.save', 'coverage', async (session) => {
        await session.run(
          `INSERT INTO ${coverage} (feed, categories) VALUES ($1, $2)
           ON CONFLICT (feed) DO UPDATE SET categories = excluded.categories`,
          [feed, categories],
        );
      }),
  };
}
