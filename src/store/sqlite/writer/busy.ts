import { monotonicNow, type Clock } from '../../clock.ts';
import { SeenStoreBusyError } from '../../errors.ts';
import { isBusy } from '../file/opening-lock.ts';

/** Longest pause between two tries, in milliseconds, once a lock has been held for a second. */
const MAX_PAUSE_MS = 25;

export interface BusyRetry {
  readonly timeoutMs: number;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Called with the time that a write had to wait, in milliseconds, once it was let in. */
  readonly onWaited: (waitedMs: number) => void;
}

/**
 * Runs a write that SQLite refuses at once while another connection writes, until it is let in.
 *
 * SQLite's own busy timeout would block the thread, and with it whatever else was asked for. The pauses are short and
 * random at first, so that nobody among competing writers waits long: `npm run bench -- --only contention` shows the
 * longest wait beside that of the busy timeout.
 *
 * @throws {SeenStoreBusyError} after `timeoutMs` milliseconds.
 * @throws An `AbortError` once the signal aborts.
 */
export async function retryWhileBusy<T>(write: () => T, retry: BusyRetry): Promise<T> {
  const startedAt = monotonicNow(retry.clock);
  const waited = (): number => Math.ceil(monotonicNow(retry.clock) - startedAt);
  for (let tries = 0; ; tries += 1) {
    try {
      const result = write();
      if (tries > 0) retry.onWaited(waited());
      return result;
    } catch (error) {
      if (!isBusy(error)) throw error;
      const waitedMs = waited();
      if (waitedMs >= retry.timeoutMs) throw new SeenStoreBusyError('The write', waitedMs, { cause: error });
      await retry.clock.sleep(pauseAfter(waitedMs), retry.signal);
    }
  }
}

function pauseAfter(waitedMs: number): number {
  return Math.random() * Math.min(2 + waitedMs / 40, MAX_PAUSE_MS);
}
