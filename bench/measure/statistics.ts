export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** Not `Math.max(...values)`: there may be more values than a call takes arguments. */
export function longest(values: readonly number[]): number {
  return values.reduce((most, value) => Math.max(most, value), 0);
}
