import type { SeenReads } from '../../port/reads.ts';
import type { SeenSummary } from '../../rows.ts';
import { distinct, distinctWithout } from '../../turns.ts';
import type { Database } from '../database.ts';
import { isOneOf } from '../id-list.ts';
import { isOutOfService, requireDatabaseInService } from '../service.ts';
import type { Session } from '../session.ts';

/** The reads of the table `seen`. A batch is one statement: its list of ids is looked up by the key's index. */
export function seenReads(database: Database): SeenReads {
  const { seen } = database.tables;

  /** The answer is one row, since a row for each id would cost as much as the look-up. */
  const seenOf = async (session: Session, ids: readonly string[]): Promise<readonly string[]> => {
    const text = `SELECT json_agg(id) AS seen, ${isOutOfService(database)} AS "isOutOfService"
      FROM ${seen} WHERE id ${isOneOf('$1')}`;
    for (;;) {
      const row = await session.row<{ seen: string[] | null; isOutOfService: boolean }>(text, [ids]);
      if (row?.isOutOfService !== true) return row?.seen ?? [];
      // Whoever asks may post what is unseen, and mark it only then. Back in service, the database may have more rows.
      await requireDatabaseInService(session, database);
    }
  };

  return {
    isSeen: (id) => database.run('isSeen', async (session) => (await seenOf(session, [id])).length > 0),

    unseen: (ids) =>
      database.run('filterUnseen', async (session) => {
        const known = new Set(await seenOf(session, ids));
        return distinctWithout(ids, known);
      }),

    stale: (ids, before) =>
      database.run('touch', async (session) => {
        const text = `SELECT id FROM ${seen} WHERE id ${isOneOf('$1')} AND ts < $2`;
        const rows = await session.rows<{ id: string }>(text, [await distinct(ids), before]);
        return rows.map(({ id }) => id);
      }),

    countOlderThan: (before) =>
      database.run('countOlderThan', async (session) => {
        const text = `SELECT count(*) FROM ${seen} WHERE ts < $1`;
        const { count } = await session.oneRow<{ count: number }>(text, [before]);
        return count;
      }),

    hasOlderThan: (before) =>
      database.run('purgeExpired', async (session) => {
        const row = await session.row(`SELECT FROM ${seen} WHERE ts < $1 LIMIT 1`, [before]);
        return row !== undefined;
      }),

    summary: () =>
      database.run('stats', (session) =>
        session.oneRow<SeenSummary>(`SELECT count(*) AS rows, min(ts) AS oldest, max(ts) AS newest FROM ${seen}`),
      ),

    newestMark: () =>
      database.run('purgeExpired', async (session) => {
        const { newest } = await session.oneRow<{ newest: number | null }>(`SELECT max(ts) AS newest FROM ${seen}`);
        return newest;
      }),
  };
}
