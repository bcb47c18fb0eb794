import type { TransferRow } from './port/transfer.ts';

/** Characters of rows that are read or written together, about: a thousand payloads of a megabyte would fill the memory. */
export const MOST_CHARACTERS = 4_000_000;

/** The characters of the texts in a row. */
export function sizeOfRow(row: TransferRow): number {
  return row.reduce<number>((sum, value) => sum + (typeof value === 'string' ? value.length : 0), 0);
}
