import type { Database } from './database.ts';

/**
 * Milliseconds that a time may lie ahead of the database's clock. A time server sets it back by as much, or a failover,
 * when the standby's clock is behind: nobody's lease may end by that while its owner is at work.
 */
export const SETBACK_MS = 30_000;

/**
 * The conditions on a row of `seen_item` that reads and writes share, as SQL expressions. None of them is ever null.
 */
export interface ItemConditions {
  /**
   * An item that is under a lease now.
   *
   * A lease lasts from its start to its end. One that starts far in the future was made while the clock was ahead: it
   * is no lease, for by the present clock it would outlive its own length.
   */
  readonly isLeased: string;
  /**
   * An item whose id is seen. It is looked up for one item after the other: a join would read all that was ever seen.
   */
  readonly isSeen: string;
  /**
   * An item without a lease that no longer waits for its retry.
   *
   * A pause lasts from the release, which is then the item's last change, to the retry. Like a lease, one that starts
   * in the future is none. Nor is one that lasts longer than the longest pause: its end was reckoned by a clock that
   * was set right before the release.
   *
   * @param longestPauseMs The expression of the longest pause in milliseconds, which may be null.
   */
  readonly isRetryDue: (longestPauseMs: string) => string;
}

/**
 * The present time is asked for whenever a condition is tested: after a wait for a row, it is the time after the wait.
 */
export function itemConditions({ now, tables }: Pick<Database, 'now' | 'tables'>): ItemConditions {
  return {
    isLeased: `coalesce(seen_item.lease_until > ${now}
      AND coalesce(seen_item.leased_at, seen_item.updated_at) <= ${now} + ${SETBACK_MS}, false)`,
    isSeen: `(SELECT true FROM ${tables.seen} WHERE seen.id = seen_item.id) IS NOT NULL`,
    isRetryDue: (longestPauseMs) => `coalesce(seen_item.retry_at IS NULL OR seen_item.retry_at <= ${now}
      OR seen_item.updated_at > ${now} + ${SETBACK_MS}
      OR seen_item.retry_at > ${now} + ${SETBACK_MS} + ${longestPauseMs}, false)`,
  };
}
