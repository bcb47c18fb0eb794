import { DAY_MS } from '../../clock.ts';
import type { SpendingWrites, SpentRow } from '../../port/writes.ts';
import type { SpendingRow } from '../../rows.ts';
import type { WriteContext } from './context.ts';

const counts = ['requests', 'tokens', 'enrichments'] as const;

/** The cost of enrichment, a row for each feed and day. */
export function spendingWrites({ db, now: clock, transact }: WriteContext): SpendingWrites {
  /** Sums stay below 2 ** 53, from which on numbers are no longer told apart. */
  const add = db.prepare<[SpentRow & { feed: string; day: number }], SpendingRow>(
    `INSERT INTO seen_spending (feed, day, ${counts.join(', ')}, budget_requests, budget_tokens)
     VALUES (@feed, @day, ${counts.map((name) => `@${name}`).join(', ')}, @budget_requests, @budget_tokens)
     ON CONFLICT (day, feed) DO UPDATE SET
       ${counts.map((name) => `${name} = min(${name} + @${name}, ${Number.MAX_SAFE_INTEGER})`).join(', ')},
       budget_requests = @budget_requests, budget_tokens = @budget_tokens
     RETURNING *`,
  );
  const dropAhead = db.prepare<[{ lastDay: number }]>('DELETE FROM seen_spending WHERE day > @lastDay');
  const dropOld = db.prepare<[{ keepDays: number }]>(
    `DELETE FROM seen_spending
     WHERE day < (SELECT min(day) FROM (SELECT DISTINCT day FROM seen_spending ORDER BY day DESC LIMIT @keepDays))`,
  );
  return {
    addSpending: (feed, spent, { keepDays, skewMs }) =>
      transact(() => {
        const now = clock();
        dropAhead.run({ lastDay: Math.floor((now + skewMs) / DAY_MS) });
        const row = add.get({ ...spent, feed, day: Math.floor(now / DAY_MS) });
        if (row === undefined) throw new Error('the spending vanished within its own transaction');
        dropOld.run({ keepDays });
        return row;
      }),
  };
}
