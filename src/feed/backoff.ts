const FIRST_BACKOFF_MS = 30_000;
const MAX_BACKOFF_MS = 3_600_000;

/**
 * The pause after a failed attempt, in milliseconds: 30 s, doubled with each attempt up to an hour, and shortened by up
 * to a fifth at random, so that items which failed together are not tried again together.
 *
 * @param attempt 1 for the first.
 */
export function backoffMs(attempt: number): number {
  const full = Math.min(FIRST_BACKOFF_MS * 2 ** Math.min(attempt - 1, 20), MAX_BACKOFF_MS);
  return Math.round(full * (1 - Math.random() / 5));
}
