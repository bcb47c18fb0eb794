/** Milliseconds since the start of a run. */
export type RunClock = () => number;

/** Returns the machine's monotonic time, in milliseconds. All its processes share it, and nobody sets it. */
export function monotonicMs(): number {
  return Number(process.hrtime.bigint() / 1_000n) / 1_000;
}

/**
 * Returns a clock that agrees with that of every process which was told the same start.
 *
 * @param startedAt By `monotonicMs`.
 */
export function runClock(startedAt: number): RunClock {
  return () => monotonicMs() - startedAt;
}
