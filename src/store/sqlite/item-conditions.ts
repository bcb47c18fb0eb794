// The conditions on a row of `seen_item` that reads and writes share.

/** An item that has not ended. Written like the condition of the index `seen_item_open`, which is only used then. */
export const isOpen = "state IN ('claimed', 'enriched', 'posting')";

/** Milliseconds that a time may lie ahead of the present clock: time synchronisation sets a clock back by as much. */
export const CLOCK_STEP_MS = 2_000;

/** Older versions note no start of a lease; it is no later than the last change of the item. */
const leasedAt = 'coalesce(leased_at, updated_at)';

/**
 * An item that is under a lease at `@now`.
 *
 * A lease lasts from its start to its end. One that starts in the future was made while the clock was ahead: it is no
 * lease, for by the present clock it would outlive its own length.
 */
export const isLeased = `ifnull(lease_until > @now AND ${leasedAt} <= @now + ${CLOCK_STEP_MS}, 0)`;

/**
 * An item without a lease that no longer waits for its retry at `@now`.
 *
 * A pause lasts from the release, which is then the item's last change, to the retry. Like a lease, one that starts in
 * the future is none: it would last longer than anybody meant it to. Nor is one that lasts longer than
 * `@longestPauseMs`, which may be null: its end was reckoned by a clock that was set right before the release.
 */
export const isRetryDue = `ifnull(retry_at IS NULL OR retry_at <= @now OR updated_at > @now + ${CLOCK_STEP_MS}
  OR retry_at > @now + ${CLOCK_STEP_MS} + @longestPauseMs, 0)`;
