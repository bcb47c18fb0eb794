import type { Clock } from 'sapphire-plugin-seen/store';

/**
 * Waits for the work, `limitMs` milliseconds at most. It may still end later.
 *
 * @returns True when it has ended in time.
 * @throws The error of the work, if it fails in time.
 */
export async function endsWithin(limitMs: number, work: Promise<unknown>, clock: Clock): Promise<boolean> {
  const ended = new AbortController();
  const late = clock.sleep(limitMs, ended.signal).then(
    () => false,
    () => true,
  );
  try {
    return await Promise.race([work.then(() => true), late]);
  } finally {
    ended.abort();
  }
}
