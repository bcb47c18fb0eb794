/** The ids `PREFIX-00000`, `PREFIX-00001` and so on. Sorted as text they keep their order. */
export function ids(prefix: string, count: number): string[] {
  return Array.from({ length: count }, (_, n) => `${prefix}-${String(n).padStart(5, '0')}`);
}
