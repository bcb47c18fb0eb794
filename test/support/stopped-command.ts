import { systemClock } from '../../src/store/index.ts';
import type { seenInProcess } from './seen-in-process.ts';

/** Progress of which something is done, and not all. */
const HALFWAY = /\b[1-9]\d? %/;

/**
 * The world of a command that is stopped as soon as it shows that a part of its work is done.
 *
 * @param onStop Called right before.
 */
export function stoppedHalfway(onStop: () => void = () => undefined): NonNullable<Parameters<typeof seenInProcess>[1]> {
  const stopped = new AbortController();
  let time = 0;
  const write = (text: string): void => {
    if (!HALFWAY.test(text) || stopped.signal.aborted) return;
    onStop();
    stopped.abort(new Error('Stopped by SIGINT.'));
  };
  return {
    // Each look at it takes long enough for the next step to be shown.
    clock: { ...systemClock, monotonic: () => (time += 10_000) },
    screen: { write },
    signal: stopped.signal,
  };
}
