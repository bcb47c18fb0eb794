import type { FilingRow } from './filing.ts';

/** Most rows are there again two minutes later, as the same objects. */
const keys = new WeakMap<FilingRow, string>();

/**
 * Returns the key of a row: its filing, its party and the party's role. The name stands for a party without a CIK.
 * Rows with the same key are the same row.
 */
export function rowKey(row: FilingRow): string {
  const known = keys.get(row);
  if (known !== undefined) return known;
  const { accession, party } = row;
  const key = `${accession}\n${party.cik || party.name}\n${party.role}`;
  keys.set(row, key);
  return key;
}

/** Tells whether a row names its party. Two rows of a filing that do not may be two parties, for all that one knows. */
export function namesParty({ party }: FilingRow): boolean {
  return party.cik !== '' || party.name !== '';
}
