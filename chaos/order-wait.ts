/**
 * The longest time that an item which is ready waits for those before it, in milliseconds of the fast clock: a second
 * of real time. Items wait no longer for a client that was killed than that, and much less than for its lease to end.
 */
export const ORDER_WAIT_MS = 60_000;
