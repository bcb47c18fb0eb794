import type { TransferKey, TransferRow, TransferTable, TransferValue } from '../port/transfer.ts';

/** The key of a row. */
export function keyOf({ keyLength }: TransferTable, row: TransferRow): TransferKey {
  return row.slice(0, keyLength);
}

/** Orders keys as every backend does: numbers by their size, texts by their bytes in UTF-8. */
export function compareKeys(one: TransferKey, other: TransferKey): number {
  for (const [index, value] of one.entries()) {
    const order = compareValues(value, other[index] ?? null);
    if (order !== 0) return order;
  }
  return 0;
}

function compareValues(one: TransferValue, other: TransferValue): number {
  if (typeof one === 'string' && typeof other === 'string') return compareTexts(one, other);
  if (one === other) return 0;
  return (one ?? 0) < (other ?? 0) ? -1 : 1;
}

/** JavaScript compares the halves of surrogate pairs, which come before some characters that their pair comes after. */
function compareTexts(one: string, other: string): number {
  if (one === other) return 0;
  return Buffer.compare(Buffer.from(one), Buffer.from(other));
}
