const CELLS = 12;

/** Draws a share as a bar, rounded down: one new item among thousands must not look like none. */
export function bar(share: number): string {
  const full = Math.floor(Math.min(share, 1) * CELLS);
  return `${'▰'.repeat(full)}${'▱'.repeat(CELLS - full)}`;
}
