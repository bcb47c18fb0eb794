import type { Database } from './database.ts';
import { SETBACK_MS } from './item-conditions.ts';

/**
 * The condition on a row of `seen_leader` under a lease. One that begins far in the future is none.
 *
 * The time is asked for where the condition is looked at: a write that waited for the row must not take the lease of
 * somebody who came first for one that was made in the future.
 *
 * @param now The expression of the present time.
 */
export function isLeased(now: string): string {
  return `(seen_leader.lease_until > ${now} AND seen_leader.leased_at <= ${now} + ${SETBACK_MS})`;
}

/** The beginning of a statement that reads rows as a `LeaderRow`. */
export function selectLeaders({ tables, now }: Pick<Database, 'tables' | 'now'>): string {
  return `SELECT ${leaderColumns(now)} FROM ${tables.leader}`;
}

/** The columns of a `LeaderRow`. */
export function leaderColumns(now: string): string {
  return `name, leader, number, elected_at, lease_until, ${isLeased(now)}::int AS leased`;
}
