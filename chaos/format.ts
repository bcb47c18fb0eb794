import { styleText } from 'node:util';

/** Findings that are described; the others are only counted. */
const SHOWN = 10;

/** A line of a report: a number, and what it counts. */
export function row(value: number, text: string): string {
  return `  ${count(value).padStart(6)}  ${text}`;
}

export function count(value: number): string {
  return value.toLocaleString('en');
}

/** Lists the first findings, a line each, and the number of the others. */
export function listFirst(lines: readonly string[], shown = SHOWN): string[] {
  const more = lines.length > shown ? [`… and ${count(lines.length - shown)} more`] : [];
  return [...lines.slice(0, shown), ...more].map((line) => styleText('red', line));
}
