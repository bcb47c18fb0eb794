import { closeSync, openSync, readSync } from 'node:fs';

export interface RunQueue {
  /** The time that the main thread has waited for a free processor since the last call, in milliseconds. */
  waitedMs(): number;
  close(): void;
}

/**
 * Watches how long the main thread is ready to run while other threads and processes have the processors. Only Linux
 * tells, in the second field of `schedstat`; elsewhere the wait counts as none.
 */
export function watchRunQueue(): RunQueue {
  const file = openSchedstat();
  if (file === undefined) return { waitedMs: () => 0, close: () => undefined };
  const buffer = Buffer.alloc(128);
  let last = totalMs(file, buffer);
  return {
    waitedMs: () => {
      const total = totalMs(file, buffer);
      const waited = total - last;
      last = total;
      return waited;
    },
    close: () => closeSync(file),
  };
}

function openSchedstat(): number | undefined {
  try {
    return openSync(`/proc/self/task/${process.pid}/schedstat`, 'r');
  } catch {
    return undefined;
  }
}

function totalMs(file: number, buffer: Buffer): number {
  const length = readSync(file, buffer, 0, buffer.length, 0);
  return Number(buffer.toString('latin1', 0, length).split(' ')[1]) / 1e6;
}
