import type { Database } from 'better-sqlite3';

import type { CycleReads, FeedHistory, Period } from '../../port/reads.ts';
import { noCounts, type CycleCounts } from '../../contract/cycles.ts';
import type { CycleRow, FeedWatch, Watch } from '../../rows.ts';
import type { ReadConnection } from './connection.ts';

/** The reads of the history of cycles. */
export function cycleReads(connection: ReadConnection): CycleReads {
  const statements = connection.statements(prepare);

  return {
    async feedHistory(feed) {
      const row = connection.read('cycles.isFirst', () => statements().feedHistory.get({ feed }));
      return {
        isRecovered: row?.isRecovered === 1,
        hasCycles: row?.hasCycles === 1,
        othersHaveCycles: row?.othersHaveCycles === 1,
        hasSeen: row?.hasSeen === 1,
        beganWithoutIds: row?.beganWithoutIds === 1,
      };
    },

    async skippedShare(feed, period, least) {
      const terms = { feed, least, ...period };
      return connection.read('cycles.seenShare', () => statements().skippedShare.get(terms) ?? null);
    },

    async cycleTotals(period) {
      return connection.read('stats', () => statements().totals.get(period) ?? noCounts);
    },

    async lastCycle(until) {
      return connection.read('stats', () => statements().last.get(until));
    },

    async watchHistory() {
      return connection.read('purgeExpired', () => {
        const watches = Map.groupBy(statements().watches.all(), ({ feed }) => feed);
        const feeds = statements().feeds.all();
        return {
          store: watches.get('') ?? [],
          feeds: feeds.map(({ feed, lastCycle }) => ({ lastCycle, watches: watches.get(feed) ?? [] })),
        };
      });
    },
  };
}

const counts = Object.keys(noCounts);

function prepare(db: Database) {
  return {
    feedHistory: db.prepare<[{ feed: string }], Readonly<Record<keyof FeedHistory, number>>>(
      `SELECT EXISTS (SELECT 1 FROM seen_recovery) AS isRecovered,
              EXISTS (SELECT 1 FROM seen_feed WHERE feed = @feed) AS hasCycles,
              EXISTS (SELECT 1 FROM seen_feed WHERE feed <> @feed) AS othersHaveCycles,
              EXISTS (SELECT 1 FROM seen) AS hasSeen,
              EXISTS (SELECT 1 FROM seen_scope WHERE feed = @feed AND evidence IS NULL) AS beganWithoutIds`,
    ),
    skippedShare: db
      .prepare<[Period & { feed: string; least: number }], number>(
        `SELECT sum(skipped) * 1.0 / sum(total) FROM seen_cycle
         WHERE feed = @feed AND finished_at BETWEEN @since AND @until AND held = 0 AND marked = 0
         HAVING sum(total) >= @least`,
      )
      .pluck(),
    totals: db.prepare<[Period], CycleCounts>(
      `SELECT ${counts.map((name) => `coalesce(sum(${name}), 0) AS ${name}`).join(', ')}
       FROM seen_cycle WHERE finished_at BETWEEN @since AND @until`,
    ),
    last: db.prepare<[until: number], CycleRow>(
      `SELECT feed, started_at AS startedAt, finished_at AS finishedAt, ${counts.join(', ')}
       FROM seen_cycle WHERE finished_at <= ? ORDER BY finished_at DESC, id DESC LIMIT 1`,
    ),
    watches: db.prepare<[], Watch & { readonly feed: string }>(
      'SELECT feed, since, until FROM seen_watch ORDER BY since',
    ),
    feeds: db.prepare<[], Pick<FeedWatch, 'lastCycle'> & { readonly feed: string }>(
      'SELECT feed, last_cycle AS lastCycle FROM seen_feed',
    ),
  };
}
