/** The time within which a part of the times lies, from 0 to 1, in whole milliseconds. Null without any times. */
export function quantile(times: readonly number[], part: number): number | null {
  const sorted = times.toSorted((a, b) => a - b);
  const time = sorted[Math.ceil(part * sorted.length) - 1];
  return time === undefined ? null : Math.round(time);
}
