import type { Database } from 'better-sqlite3';

import { codeOf, reasonOf } from '../../../errors.ts';
import { prepareMark } from '../../mark.ts';

/**
 * Ids that a careless comparison takes for one another, the shortest and the longest that the store accepts, and one
 * that is not ASCII.
 */
const PROBES = ['∎', '7', '007', 'probe', 'PROBE', 'probe ', 'pröbe', 'x'.repeat(512)];

/** Long enough ago to show when something in the table replaces it by the present time. */
const PROBE_AGE_SECONDS = 12_345;

/** Errors that lie in the schema: a constraint, a trigger, a function that only another program has. */
const isOfSchema = /^SQLITE_(?:CONSTRAINT|ERROR|MISMATCH)/;

/**
 * Marks, refreshes, finds and deletes ids as the store does, and undoes it all. Triggers and CHECK constraints can do
 * anything, so nothing less tells whether the store can live with them.
 *
 * @returns No problem when the table keeps what is written to it.
 */
export function trialProblems(db: Database, now: number): string[] {
  db.exec('BEGIN IMMEDIATE');
  try {
    return tryAll(db, Math.floor(now / 1000) - PROBE_AGE_SECONDS);
  } catch (error) {
    if (!isOfSchema.test(codeOf(error))) throw error;
    return [`refuses what the store writes: ${reasonOf(error)}`];
  } finally {
    if (db.inTransaction) db.exec('ROLLBACK');
  }
}

function tryAll(db: Database, ts: number): string[] {
  const mark = prepareMark(db);
  const touch = db.prepare('UPDATE seen SET ts = ? WHERE id = ?');
  const remove = db.prepare('DELETE FROM seen WHERE id = ?');
  const find = db.prepare<[id: string], number>('SELECT ts FROM seen WHERE id = ?').pluck();
  const ids = JSON.stringify(PROBES);
  const keeps = (change: () => unknown, expected: number | undefined): boolean => {
    change();
    return PROBES.every((id) => find.get(id) === expected);
  };
  if (!keeps(() => mark.run(ts, ids), ts)) return ['changes what is inserted'];
  if (!keeps(() => mark.run(ts + 1, ids), ts + 1)) return ['changes a time that is refreshed'];
  if (!keeps(() => PROBES.map((id) => touch.run(ts + 2, id)), ts + 2)) return ['changes a time that is updated'];
  return keeps(() => PROBES.map((id) => remove.run(id)), undefined) ? [] : ['keeps an id that was deleted'];
}
