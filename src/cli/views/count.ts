/** A number, with commas. */
export function count(value: number): string {
  return value.toLocaleString('en');
}
