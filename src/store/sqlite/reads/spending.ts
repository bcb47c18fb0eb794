import { DAY_MS } from '../../clock.ts';
import type { Period, SpendingReads } from '../../port/reads.ts';
import type { SpendingRow } from '../../rows.ts';
import type { ReadConnection } from './connection.ts';

/** The reads of what enrichment has cost. */
export function spendingReads(connection: ReadConnection): SpendingReads {
  const statements = connection.statements((db) => ({
    onDay: db.prepare<[day: number, feed: string], SpendingRow>(
      'SELECT * FROM seen_spending WHERE day = ? AND feed = ?',
    ),
    inDays: db.prepare<[Period], SpendingRow>(
      'SELECT * FROM seen_spending WHERE day BETWEEN @since AND @until ORDER BY feed, day',
    ),
    skipped: db.prepare<[Period], { readonly feed: string; readonly skipped: number }>(
      `SELECT feed, sum(skipped) AS skipped FROM seen_cycle WHERE finished_at BETWEEN @since AND @until GROUP BY feed`,
    ),
  }));
  const today = (): number => Math.floor(connection.now() / DAY_MS);
  return {
    async spendingToday(feed) {
      const day = today();
      return { today: day, row: connection.read('spending.today', () => statements().onDay.get(day, feed)) };
    },
    async spendingSince(days) {
      const day = today();
      const period = { since: day - days + 1, until: day };
      return { today: day, rows: connection.read('stats', () => statements().inDays.all(period)) };
    },
    async skippedByFeed(period) {
      const rows = connection.read('stats', () => statements().skipped.all(period));
      return new Map(rows.map(({ feed, skipped }) => [feed, skipped]));
    },
  };
}
