import type { CoverageReads } from '../../port/reads.ts';
import type { CoverageRow } from '../../rows.ts';
import type { ReadConnection } from './connection.ts';

/** The reads of what of each feed has had its first run. */
export function coverageReads(connection: ReadConnection): CoverageReads {
  const statements = connection.statements((db) => ({
    find: db.prepare<[feed: string], CoverageRow>('SELECT feed, categories FROM seen_coverage WHERE feed = ?'),
  }));
  return {
    async findCoverage(feed) {
      return connection.read('coverage.of', () => statements().find.get(feed));
    },
  };
}
