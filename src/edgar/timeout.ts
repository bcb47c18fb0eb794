import type { Clock } from '../store/clock.ts';
import { EdgarTimeoutError } from './errors.ts';

export interface TimeLimit {
  readonly clock: Clock;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/**
 * Runs `work` with a signal that aborts after `timeoutMs`, or with the caller's.
 *
 * @throws {EdgarTimeoutError}
 */
export async function withTimeLimit<Result>(
  { clock, timeoutMs, signal }: TimeLimit,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const timeout = new AbortController();
  const over = new AbortController();
  const timer = clock.sleep(timeoutMs, over.signal).then(
    () => timeout.abort(new EdgarTimeoutError(timeoutMs)),
    (error: unknown) => {
      if (!over.signal.aborted) timeout.abort(error);
    },
  );
  try {
    return await work(AbortSignal.any([timeout.signal, signal]));
  } finally {
    over.abort();
    await timer;
  }
}
