import { closeSync, openSync, readSync } from 'node:fs';

export interface RunQueue {
  /**
   * The time since the last call in which the main thread was ready to run while other processes had the processors, in
   * milliseconds. Time in which other threads of this process had one is not counted: that is our own doing.
   */
  waitedForOthersMs(): number;
  close(): void;
}

/** Watches how long the main thread waits for a processor. Only Linux tells; elsewhere the wait counts as none. */
export function watchRunQueue(): RunQueue {
  const file = openSchedstat();
  if (file === undefined) return { waitedForOthersMs: () => 0, close: () => undefined };
  const buffer = Buffer.alloc(128);
  let last = sample(file, buffer);
  return {
    waitedForOthersMs: () => {
      const now = sample(file, buffer);
      const ownThreads = now.processMs - last.processMs - (now.threadMs - last.threadMs);
      const waited = now.waitedMs - last.waitedMs;
      last = now;
      return Math.max(0, waited - Math.max(0, ownThreads));
    },
    close: () => closeSync(file),
  };
}

interface Sample {
  /** Processor time of the main thread. */
  readonly threadMs: number;
  /** Time that the main thread waited for a processor. */
  readonly waitedMs: number;
  /** Processor time of all threads of this process. */
  readonly processMs: number;
}

/** The first two fields of `schedstat`, in nanoseconds: https://docs.kernel.org/scheduler/sched-stats.html */
function sample(file: number, buffer: Buffer): Sample {
  const length = readSync(file, buffer, 0, buffer.length, 0);
  const [threadNs = 0, waitedNs = 0] = buffer.toString('latin1', 0, length).split(' ').map(Number);
  const { user, system } = process.cpuUsage();
  return { threadMs: threadNs / 1e6, waitedMs: waitedNs / 1e6, processMs: (user + system) / 1000 };
}

/** Undefined where the system does not tell, or tells something else. */
function openSchedstat(): number | undefined {
  try {
    const file = openSync(`/proc/self/task/${process.pid}/schedstat`, 'r');
    const { threadMs, waitedMs } = sample(file, Buffer.alloc(128));
    if (Number.isFinite(threadMs + waitedMs)) return file;
    closeSync(file);
    return undefined;
  } catch {
    return undefined;
  }
}
