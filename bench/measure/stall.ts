import { monitorEventLoopDelay } from 'node:perf_hooks';

export interface Stall {
  /** The longest time that the event loop did not come round, in milliseconds. */
  readonly longestMs: number;
  /** The 99th percentile of the delay of a timer of one millisecond. */
  readonly p99Ms: number;
}

/**
 * Watches this process's event loop, in two ways of which the worse counts: a chain of one-millisecond timers measures
 * the gap between two of its turns, and `perf_hooks` samples the delay of its own timer.
 *
 * Not a loop of `setImmediate`: it would keep a processor busy, and the scheduler makes a process wait that does.
 */
export function watchEventLoop(): () => Stall {
  const histogram = monitorEventLoopDelay({ resolution: 1 });
  histogram.enable();
  let longestGap = 0;
  let last = performance.now();
  let timer = setTimeout(look, 1);
  function look(): void {
    const now = performance.now();
    longestGap = Math.max(longestGap, now - last - 1);
    last = now;
    timer = setTimeout(look, 1);
  }
  return () => {
    // What stalls at the very end counts too.
    longestGap = Math.max(longestGap, performance.now() - last - 1);
    clearTimeout(timer);
    histogram.disable();
    return { longestMs: Math.max(longestGap, histogram.max / 1e6 - 1), p99Ms: histogram.percentile(99) / 1e6 };
  };
}
