import { noCounts, type CycleCounts } from '../../contract/cycles.ts';
import type { CycleReads, FeedHistory } from '../../port/reads.ts';
import type { CycleRow, Watch } from '../../rows.ts';
import type { Database } from '../database.ts';
import { wholePeriod } from '../period.ts';

const counts = Object.keys(noCounts);

/** The reads of the history of cycles. */
export function cycleReads(database: Database): CycleReads {
  const { cycle, feed: feeds, scope, seen } = database.tables;
  return {
    ...watchReads(database),

    feedHistory: (feed) =>
      database.run('cycles.isFirst', async (session) => {
        const text = `SELECT EXISTS (SELECT FROM ${feeds} WHERE feed = $1) AS "hasCycles",
                             EXISTS (SELECT FROM ${feeds} WHERE feed <> $1) AS "othersHaveCycles",
                             EXISTS (SELECT FROM ${seen}) AS "hasSeen",
                             EXISTS (SELECT FROM ${scope} WHERE feed = $1 AND evidence IS NULL) AS "beganWithoutIds"`;
        const history = await session.oneRow<Omit<FeedHistory, 'isRecovered'>>(text, [feed]);
        return { isRecovered: false, ...history };
      }),

    skippedShare: (feed, period, least) =>
      database.run('cycles.seenShare', async (session) => {
        const { since, until } = wholePeriod(period);
        const text = `SELECT (sum(skipped)::double precision / nullif(sum(total), 0)::double precision) AS share
           FROM ${cycle} WHERE feed = $1 AND finished_at BETWEEN $2 AND $3 AND held = 0 AND marked = 0
           HAVING sum(total) >= $4`;
        const row = await session.row<{ share: number | null }>(text, [feed, since, until, least]);
        return row?.share ?? null;
      }),

    cycleTotals: (period) =>
      database.run('stats', (session) => {
        const { since, until } = wholePeriod(period);
        const sums = counts.map((name) => `coalesce(sum(${name}), 0) AS ${name}`).join(', ');
        const text = `SELECT ${sums} FROM ${cycle} WHERE finished_at BETWEEN $1 AND $2`;
        return session.oneRow<CycleCounts>(text, [since, until]);
      }),

    lastCycle: (until) =>
      database.run('stats', (session) =>
        session.row<CycleRow>(
          `SELECT feed, started_at AS "startedAt", finished_at AS "finishedAt", ${counts.join(', ')}
           FROM ${cycle} WHERE finished_at <= $1 ORDER BY finished_at DESC, id DESC LIMIT 1`,
          [Math.floor(until)],
        ),
      ),
  };
}

/**
 * A stretch of a feed; null where the feed has none, and no last cycle where the stretch is one of the store itself.
 */
interface WatchedRow {
  readonly feed: string;
  readonly lastCycle: number | null;
  readonly since: number | null;
  readonly until: number | null;
}

/** Cycles and stretches are from one moment: a feed whose stretches were missing would hold back every purge. */
function watchReads(database: Database): Pick<CycleReads, 'watchHistory'> {
  const { feed: feeds, watch } = database.tables;
  return {
    watchHistory: () =>
      database.run('purgeExpired', async (session) => {
        const rows = await session.rows<WatchedRow>(
          `SELECT feed, last_cycle AS "lastCycle", since, until
           FROM ${feeds} FULL JOIN ${watch} USING (feed) ORDER BY since`,
        );
        const byFeed = Map.groupBy(rows, ({ feed }) => feed);
        const watched = [...byFeed.values()].map((own) => ({
          lastCycle: own[0]?.lastCycle ?? null,
          watches: watchesOf(own),
        }));
        return {
          store: watchesOf(byFeed.get('') ?? []),
          feeds: watched.flatMap(({ lastCycle, watches }) => (lastCycle === null ? [] : [{ lastCycle, watches }])),
        };
      }),
  };
}

function watchesOf(rows: readonly WatchedRow[]): Watch[] {
  return rows.flatMap(({ since, until }) => (since === null || until === null ? [] : [{ since, until }]));
}
