export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

/** Longer than Discord remembers a nonce. */
export const LATER_MS = 10 * MINUTE_MS;

/** The time that a `SettableClock` begins with. */
export const NOON = Date.UTC(2026, 10, 24, 12);
