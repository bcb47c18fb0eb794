import { monitorEventLoopDelay } from 'node:perf_hooks';

import { watchRunQueue } from './run-queue.ts';

export interface Stall {
  /** The longest time that the event loop did not come round, in milliseconds, as a user of the bot would feel it. */
  readonly longestMs: number;
  /**
   * The longest time that this process kept the event loop from coming round, in milliseconds: of the gap between two
   * turns, the time is left out in which the thread was ready to run and other processes had the processors.
   */
  readonly ownMs: number;
  /** The 99th percentile of the delay of a timer of one millisecond. */
  readonly p99Ms: number;
}

/**
 * Watches this process's event loop: a chain of one-millisecond timers measures the gap between two of its turns. For
 * `longestMs`, the delay of a timer that `perf_hooks` samples counts too, where it is worse.
 *
 * Not a loop of `setImmediate`: it would keep a processor busy, and the scheduler makes a process wait that does.
 */
export function watchEventLoop(): () => Stall {
  const histogram = monitorEventLoopDelay({ resolution: 1 });
  const runQueue = watchRunQueue();
  histogram.enable();
  let longest = 0;
  let longestOwn = 0;
  let last = performance.now();
  let timer = setTimeout(look, 1);
  function measure(): void {
    const now = performance.now();
    const gap = now - last - 1;
    longest = Math.max(longest, gap);
    longestOwn = Math.max(longestOwn, gap - runQueue.waitedForOthersMs());
    last = now;
  }
  function look(): void {
    measure();
    timer = setTimeout(look, 1);
  }
  return () => {
    // What stalls at the very end counts too.
    measure();
    clearTimeout(timer);
    histogram.disable();
    runQueue.close();
    return {
      longestMs: Math.max(longest, histogram.max / 1e6 - 1),
      ownMs: longestOwn,
      p99Ms: histogram.percentile(99) / 1e6,
    };
  };
}
