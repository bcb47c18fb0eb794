import { systemClock, sleepUnlessAborted } from '../store/clock.ts';

/** Often enough for somebody who watches, and far below what Discord allows: five edits in two seconds. */
const EVERY_MS = 2_000;

/**
 * Runs `work` and shows every two seconds how far it is; what takes less is over before it is shown.
 *
 * @param show Where it rejects nothing more is shown, and the work goes on.
 * @param onShowError Hears why.
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
    await sleepUnlessAborted(systemClock, EVERY_MS, ended);
    if (ended.aborted) return;
    await show();
  }
}
