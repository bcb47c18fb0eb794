import type { FilingRow, RefusedRow } from '../filing.ts';
import { entryParts } from './entry-parts.ts';
import { readRow } from './row.ts';

/** A row, or the reason why an entry cannot be one. */
export type ReadEntry = FilingRow | RefusedRow;

/** Reads one `<entry>`. It never throws: what cannot be read is a gap. */
export function readEntry(text: string): ReadEntry {
  return readRow(entryParts(text));
}

export function isRow(entry: ReadEntry): entry is FilingRow {
  return !isRefused(entry);
}

export function isRefused(entry: ReadEntry): entry is RefusedRow {
  return 'reason' in entry;
}
