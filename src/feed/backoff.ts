const FIRST_MS = 30_000;
const LONGEST_MS = 3_600_000;

/**
 * How long to wait after a failed attempt, in milliseconds: 30 s, doubled each time, at most an hour, and up to a fifth
 * shorter at random so that items which failed together do not come back together.
 *
 * @param attempt 1 for the first.
 */
export function backoffMs(attempt: number): number {
  const full = Math.min(FIRST_MS * 2 ** Math.min(attempt - 1, 20), LONGEST_MS);
  return Math.round(full * (1 - Math.random() / 5));
}
