import { systemClock, sleepUnlessAborted } from '../store/clock.ts';

/** Often enough for somebody who watches, and well within Discord's limit of five edits in two seconds. */
const INTERVAL_MS = 2_000;

/**
 * Runs `work` and shows every two seconds how much of it is done. Work that is faster than that shows nothing.
 *
 * @param show Called with the latest progress. Once it rejects, nothing more is shown, and the work goes on.
 * @param onShowError Called with the reason for such a rejection.
 * @returns The result of `work`, once nothing is being shown any more.
 */
export async function withProgress<T>(
  work: (onProgress: (done: number) => void) => Promise<T>,
  show: (done: number) => Promise<unknown>,
  onShowError: (error: unknown) => void,
): Promise<T> {
  const ended = new AbortController();
  let done = 0;
  const showing = showUntil(ended.signal, () => show(done)).catch(onShowError);
  try {
    return await work((now) => void (done = now));
  } finally {
    ended.abort();
    await showing;
  }
}

async function showUntil(ended: AbortSignal, show: () => Promise<unknown>): Promise<void> {
  for (;;) {
    await sleepUnlessAborted(systemClock, INTERVAL_MS, ended);
    if (ended.aborted) return;
    await show();
  }
}
