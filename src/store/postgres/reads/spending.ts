import { DAY_MS } from '../../clock.ts';
import type { SpendingReads } from '../../port/reads.ts';
import type { SpendingRow } from '../../rows.ts';
import type { Database } from '../database.ts';
import { wholePeriod } from '../period.ts';

/** A row of spending with the present day, which comes also where there is no such row. */
type Dated = { readonly today: number } & (SpendingRow | { readonly day: null });

/** The reads of what enrichment has cost. */
export function spendingReads(database: Database): SpendingReads {
  const { cycle, spending } = database.tables;
  const today = `(SELECT ${database.now} / ${DAY_MS} AS today) AS present`;
  return {
    spendingToday: (feed) =>
      database.run('spending.today', async (session) => {
        const [found] = await session.rows<Dated>(
          `SELECT today, seen_spending.* FROM ${today} LEFT JOIN ${spending} ON day = today AND feed = $1`,
          [feed],
        );
        return { today: todayOf(found), row: isSpending(found) ? found : undefined };
      }),

    spendingSince: (days) =>
      database.run('stats', async (session) => {
        const rows = await session.rows<Dated>(
          `SELECT today, seen_spending.* FROM ${today}
           LEFT JOIN ${spending} ON day BETWEEN today - $1::integer + 1 AND today ORDER BY feed, day`,
          [days],
        );
        return { today: todayOf(rows[0]), rows: rows.filter(isSpending) };
      }),

    skippedByFeed: (period) =>
      database.run('stats', async (session) => {
        const { since, until } = wholePeriod(period);
        const text = `SELECT feed, sum(skipped) AS skipped FROM ${cycle}
          WHERE finished_at BETWEEN $1 AND $2 GROUP BY feed`;
        const rows = await session.rows<{ feed: string; skipped: number }>(text, [since, until]);
        return new Map(rows.map(({ feed, skipped }) => [feed, skipped]));
      }),
  };
}

function isSpending(dated: Dated | undefined): dated is { readonly today: number } & SpendingRow {
  return dated !== undefined && dated.day !== null;
}

function todayOf(dated: Dated | undefined): number {
  if (dated === undefined) throw new Error('the database did not tell the day');
  return dated.today;
}
