import type { Database } from 'better-sqlite3';

import type { IncidentState, IncidentWrites } from '../../port/writes.ts';
import type { IncidentRow } from '../../rows.ts';
import type { WriteContext } from './context.ts';

/** Incidents, a row for each subject. */
export function incidentWrites({ db, now, transact }: WriteContext): IncidentWrites {
  const { pullBack, dropOld, find, insert, open, forget, end, saveIntent, dropIntent, markTold } = prepare(db);
  return {
    openIncident: (subject, reason, { id, relapseMs, keepMs }) =>
      transact(() => {
        const at = Math.floor(now());
        pullBack.run({ now: at });
        dropOld.run({ before: at - keepMs });
        const { changes } = insert.run({ subject, reason, id, now: at });
        if (changes === 0) open.run({ subject, reason, id, now: at, relapsesSince: at - relapseMs });
        return required(find.get(subject));
      }),
    closeIncident: (subject) =>
      transact(() => {
        const at = Math.floor(now());
        pullBack.run({ now: at });
        return forget.get(subject) ?? end.get({ subject, now: at });
      }),
    saveIncidentIntent: (state) => transact(() => saveIntent.get({ ...state, now: Math.floor(now()) })),
    dropIncidentIntent: (state) => transact(() => void dropIntent.run(state)),
    markIncidentTold: (state) => transact(() => markTold.run({ ...state, now: Math.floor(now()) }).changes > 0),
  };
}

function required(row: IncidentRow | undefined): IncidentRow {
  if (row === undefined) throw new Error('the incident vanished within its own transaction');
  return row;
}

/** The incident while it is in the state that somebody tells of, and nobody has told of it yet. */
const isUntold = `id = @id AND CASE @is WHEN 'failing' THEN over_at IS NULL AND told_at IS NULL
  ELSE over_at IS NOT NULL AND over_told_at IS NULL END`;

/** An incident that is over, unless its end is untold and so recent that it merely goes on. */
const hasEnded =
  'over_at IS NOT NULL AND (over_told_at IS NOT NULL OR intent_at IS NOT NULL OR over_at <= @relapsesSince)';

function prepare(db: Database) {
  return {
    pullBack: db.prepare<[{ now: number }]>(
      `UPDATE seen_incident SET since = min(since, @now), over_at = min(over_at, @now)
       WHERE since > @now OR over_at > @now`,
    ),
    dropOld: db.prepare<[{ before: number }]>('DELETE FROM seen_incident WHERE over_at <= @before'),
    find: db.prepare<[subject: string], IncidentRow>('SELECT * FROM seen_incident WHERE subject = ?'),
    insert: db.prepare<[{ subject: string; reason: string; id: string; now: number }]>(
      `INSERT INTO seen_incident (id, subject, reason, since) VALUES (@id, @subject, @reason, @now)
       ON CONFLICT DO NOTHING`,
    ),
    /** Every right side sees the row as it was. */
    open: db.prepare<[{ subject: string; reason: string; id: string; now: number; relapsesSince: number }]>(
      `UPDATE seen_incident SET reason = @reason, over_at = NULL, over_told_at = NULL,
         id = iif(${hasEnded}, @id, id),
         since = iif(${hasEnded}, @now, since),
         relapse = iif(${hasEnded}, over_at > @relapsesSince, relapse),
         told_at = iif(${hasEnded}, NULL, told_at),
         intent_at = iif(${hasEnded}, NULL, intent_at)
       WHERE subject = @subject`,
    ),
    /** Nobody can have been told, so nothing is worth remembering. */
    forget: db.prepare<[subject: string], IncidentRow>(
      `DELETE FROM seen_incident
       WHERE subject = ? AND over_at IS NULL AND told_at IS NULL AND intent_at IS NULL AND relapse = 0 RETURNING *`,
    ),
    /** Of a message that may have been made, the end is told; of a relapse that nobody was told of, it counts as told. */
    end: db.prepare<[{ subject: string; now: number }], IncidentRow>(
      `UPDATE seen_incident SET over_at = @now, told_at = coalesce(told_at, intent_at), intent_at = NULL,
         over_told_at = iif(coalesce(told_at, intent_at) IS NULL, @now, NULL)
       WHERE subject = @subject AND over_at IS NULL RETURNING *`,
    ),
    saveIntent: db.prepare<[IncidentState & { now: number }], IncidentRow>(
      `UPDATE seen_incident SET intent_at = coalesce(intent_at, @now) WHERE ${isUntold} RETURNING *`,
    ),
    dropIntent: db.prepare<[IncidentState]>(`UPDATE seen_incident SET intent_at = NULL WHERE ${isUntold}`),
    markTold: db.prepare<[IncidentState & { now: number }]>(
      `UPDATE seen_incident SET intent_at = NULL,
         told_at = iif(@is = 'failing', @now, told_at),
         over_told_at = iif(@is = 'over', @now, NULL)
       WHERE ${isUntold}`,
    ),
  };
}
