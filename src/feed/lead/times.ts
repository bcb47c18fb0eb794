import { defaultCampaignOptions } from '../../store/contract/leadership.ts';

// Lengths of time, in milliseconds.

export const { leaseMs: LEASE_MS } = defaultCampaignOptions;

/** A leader trusts its term for this long. The rest of the lease is for what takes a moment to end. */
export const TRUST_MS = LEASE_MS * 0.9;

/** Between two renewals. */
export const RENEW_MS = LEASE_MS / 3;

/** Between two campaigns, and after a renewal that failed. */
export const STANDBY_MS = 1_000;

/** A store that has failed, or not answered, for this long cannot be reached. */
export const OUTAGE_MS = 5_000;

/**
 * A leader that went on while the store failed has renewed its term within this time after the store is back: an
 * attempt that hangs is given up, and the next one may take as long.
 */
export const RETURN_MS = OUTAGE_MS + STANDBY_MS + OUTAGE_MS;
