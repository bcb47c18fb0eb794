// The conditions on a row of `seen_item` that reads and writes share.

/** An item that has not ended. Written like the condition of the index `seen_item_open`, which is only used then. */
export const isOpen = "state IN ('claimed', 'enriched', 'posting')";

/** Milliseconds that a clock may be set back without freeing shorter leases: time synchronisation does that. */
const CLOCK_STEP_MS = 2_000;

/** Older versions note no start of a lease; it is no later than the last change of the item. */
const leasedAt = 'coalesce(leased_at, updated_at)';

/**
 * An item that is under a lease at `@now`.
 *
 * A lease lasts from its start to its end. One that starts in the future was made while the clock was ahead, and would
 * block its item until the clock is there again: it is no lease. A start that is no further ahead than the lease is long
 * counts, so that a clock that is set back a little frees nothing that is under way.
 */
export const isLeased = `ifnull(
  lease_until > @now AND ${leasedAt} - @now <= max(lease_until - ${leasedAt}, ${CLOCK_STEP_MS}), 0)`;
