import { DAY_MS } from '../../clock.ts';
import type { SpendingWrites } from '../../port/writes.ts';
import type { SpendingRow } from '../../rows.ts';
import type { Database } from '../database.ts';
import { presentOf } from '../moment.ts';

const counts = ['requests', 'tokens', 'enrichments'] as const;

/** The cost of enrichment, a row for each feed and day. */
export function spendingWrites(database: Database): SpendingWrites {
  const { add, dropAhead, dropOld } = spendingStatements(database);
  return {
    addSpending: (feed, { requests, tokens, enrichments, budget_requests, budget_tokens }, { keepDays, skewMs }) =>
      database.transact('spending.add', 'spending', async (session) => {
        const now = await presentOf(session, database);
        await session.run(dropAhead, [Math.floor((now + skewMs) / DAY_MS)]);
        const day = Math.floor(now / DAY_MS);
        const values = [feed, day, requests, tokens, enrichments, budget_requests, budget_tokens];
        const row = await session.oneRow<SpendingRow>(add, values);
        await session.run(dropOld, [keepDays]);
        return row;
      }),
  };
}

/** Sums stay below 2 ** 53, from which on numbers are no longer told apart. */
function sumOf(name: string): string {
  return `${name} = least(seen_spending.${name} + excluded.${name}, ${Number.MAX_SAFE_INTEGER})`;
}

function spendingStatements({ tables: { spending } }: Database) {
  return {
    add: `INSERT INTO ${spending} (feed, day, ${counts.join(', ')}, budget_requests, budget_tokens)
      VALUES ($1, $2, $3, $4, $5, $6, $7)
      ON CONFLICT (day, feed) DO UPDATE SET ${counts.map(sumOf).join(', ')},
        budget_requests = excluded.budget_requests, budget_tokens = excluded.budget_tokens
      RETURNING *`,
    dropAhead: `DELETE FROM ${spending} WHERE day > $1`,
    dropOld: `DELETE FROM ${spending} WHERE day < (
      SELECT min(day) FROM (SELECT DISTINCT day FROM ${spending} ORDER BY day DESC LIMIT $1) AS kept)`,
  };
}
