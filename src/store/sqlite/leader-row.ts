import type { Database, Statement } from 'better-sqlite3';

import type { LeaderRow } from '../rows.ts';
import { CLOCK_STEP_MS } from './item-conditions.ts';

/** The latest terms. A lease that begins in the future is none, as on items. */
const terms = `SELECT name, leader, number, elected_at, lease_until,
    lease_until > @now AND leased_at <= @now + ${CLOCK_STEP_MS} AS leased
  FROM seen_leader`;

/** Prepares the look at the latest term of a name. */
export function prepareFindLeader(db: Database): Statement<[{ name: string; now: number }], LeaderRow> {
  return db.prepare(`${terms} WHERE name = @name`);
}

/** Prepares the look at the latest terms of all names. */
export function prepareLeaders(db: Database): Statement<[{ now: number }], LeaderRow> {
  return db.prepare(`${terms} ORDER BY name`);
}
