/** Measures how long this thread computes while `work` runs, in milliseconds: what else a busy machine does is left out. */
export function computingMs(work: () => void): number {
  const before = process.threadCpuUsage();
  work();
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / 1_000;
}
