import type { CoverageReads } from '../../port/reads.ts';
import type { CoverageRow } from '../../rows.ts';
import type { Database } from '../database.ts';

/** The reads of what of each feed has had its first run. */
export function coverageReads(database: Database): CoverageReads {
  const { coverage } = database.tables;
  return {
    findCoverage: (feed) =>
      database.run('coverage.of', (session) =>
        session.row<CoverageRow>(`SELECT feed, categories FROM ${coverage} WHERE feed = $1`, [feed]),
      ),
  };
}
