import type { IncidentWrites } from '../../port/writes.ts';
import type { Operation } from '../../operations.ts';
import type { IncidentRow } from '../../rows.ts';
import type { Database } from '../database.ts';
import { presentOf } from '../moment.ts';
import type { Session } from '../session.ts';

/** Incidents, a row for each subject. All that is written of them takes turns. */
export function incidentWrites(database: Database): IncidentWrites {
  const statements = incidentStatements(database);
  const { pullBack, dropOld, find, insert, open, forget, end, saveIntent, dropIntent, markTold } = statements;

  const transact = <Result>(operation: Operation, work: (session: Session, now: number) => Promise<Result>) =>
    database.transact(operation, 'incidents', async (session) => work(session, await presentOf(session, database)));

  return {
    openIncident: (subject, reason, { id, relapseMs, keepMs }) =>
      transact('incidents.open', async (session, now) => {
        await session.run(pullBack, [now]);
        await session.run(dropOld, [now - keepMs]);
        const inserted = await session.run(insert, [subject, reason, id, now]);
        if (inserted === 0) await session.run(open, [subject, reason, id, now, now - relapseMs]);
        return session.oneRow<IncidentRow>(find, [subject]);
      }),

    closeIncident: (subject) =>
      transact('incidents.close', async (session, now) => {
        await session.run(pullBack, [now]);
        const forgotten = await session.row<IncidentRow>(forget, [subject]);
        return forgotten ?? (await session.row<IncidentRow>(end, [subject, now]));
      }),

    saveIncidentIntent: ({ id, is }) =>
      transact('incidents.saveIntent', (session, now) => session.row<IncidentRow>(saveIntent, [id, is, now])),

    dropIncidentIntent: ({ id, is }) =>
      transact('incidents.dropIntent', async (session) => void (await session.run(dropIntent, [id, is]))),

    markIncidentTold: ({ id, is }) =>
      transact('incidents.markTold', async (session, now) => (await session.run(markTold, [id, is, now])) > 0),
  };
}

/** The incident while it is in the state that somebody tells of, and nobody has told of it yet. */
const isUntold = `id = $1 AND CASE $2::text WHEN 'failing' THEN over_at IS NULL AND told_at IS NULL
  ELSE over_at IS NOT NULL AND over_told_at IS NULL END`;

/** An incident that is over, unless its end is untold and so recent that it merely goes on. */
const hasEnded = 'over_at IS NOT NULL AND (over_told_at IS NOT NULL OR intent_at IS NOT NULL OR over_at <= $5::bigint)';

function incidentStatements({ tables: { incident } }: Database) {
  return {
    /** Unlike `least`, the comparison leaves an incident that goes on without an end. */
    pullBack: `UPDATE ${incident} SET since = least(since, $1::bigint),
        over_at = CASE WHEN over_at > $1::bigint THEN $1::bigint ELSE over_at END
      WHERE since > $1::bigint OR over_at > $1::bigint`,
    dropOld: `DELETE FROM ${incident} WHERE over_at <= $1`,
    find: `SELECT * FROM ${incident} WHERE subject = $1`,
    insert: `INSERT INTO ${incident} (subject, reason, id, since) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`,
    /** Every right side sees the row as it was. */
    open: `UPDATE ${incident} SET reason = $2, over_at = NULL, over_told_at = NULL,
        id = CASE WHEN ${hasEnded} THEN $3::text ELSE id END,
        since = CASE WHEN ${hasEnded} THEN $4::bigint ELSE since END,
        relapse = CASE WHEN ${hasEnded} THEN (over_at > $5::bigint)::integer ELSE relapse END,
        told_at = CASE WHEN ${hasEnded} THEN NULL ELSE told_at END,
        intent_at = CASE WHEN ${hasEnded} THEN NULL ELSE intent_at END
      WHERE subject = $1`,
    /** Nobody can have been told, so nothing is worth remembering. */
    forget: `DELETE FROM ${incident}
      WHERE subject = $1 AND over_at IS NULL AND told_at IS NULL AND intent_at IS NULL AND relapse = 0 RETURNING *`,
    /**
     * Of a message that may have been made, the end is told; of a relapse that nobody was told of, it counts as told.
     */
    end: `UPDATE ${incident} SET over_at = $2::bigint, told_at = coalesce(told_at, intent_at), intent_at = NULL,
        over_told_at = CASE WHEN coalesce(told_at, intent_at) IS NULL THEN $2::bigint END
      WHERE subject = $1 AND over_at IS NULL RETURNING *`,
    saveIntent: `UPDATE ${incident} SET intent_at = coalesce(intent_at, $3::bigint) WHERE ${isUntold} RETURNING *`,
    dropIntent: `UPDATE ${incident} SET intent_at = NULL WHERE ${isUntold}`,
    markTold: `UPDATE ${incident} SET intent_at = NULL,
        told_at = CASE $2::text WHEN 'failing' THEN $3::bigint ELSE told_at END,
        over_told_at = CASE $2::text WHEN 'over' THEN $3::bigint END
      WHERE ${isUntold}`,
  };
}
