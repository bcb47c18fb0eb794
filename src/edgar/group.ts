import type { Filing, FilingRow, Party } from './filing.ts';
import { lacksRole } from './roles.ts';
import { rowKey } from './row-key.ts';

/** The rows of one filing, in the order of the feed. */
export type FilingRows = [FilingRow, ...FilingRow[]];

/** The filings that were made of rows before, by their first row: most of a feed's rows were there two minutes ago. */
const made = new WeakMap<FilingRow, { readonly rows: FilingRows; readonly filing: Filing }>();

/**
 * Groups rows into filings, wherever the rows stand: those of filings accepted in the same second interleave, and page
 * boundaries fall inside filings.
 *
 * A filing is identified by its accession number alone, a party by (accession, CIK, role), or by its name where it has
 * no CIK. Rows that repeat both are dropped. Filings keep the order of their first rows. A filing is partial if its
 * form always has two roles and it shows one of them.
 */
export function groupFilings(rows: Iterable<FilingRow>): Filing[] {
  return rowsByFiling(rows).map(filingOf);
}

/** Groups rows by the filing that they belong to, in the order of the filings' first rows. */
export function rowsByFiling(rows: Iterable<FilingRow>): FilingRows[] {
  const groups = new Map<string, FilingRows>();
  for (const row of rows) {
    const group = groups.get(row.accession);
    if (group === undefined) groups.set(row.accession, [row]);
    else group.push(row);
  }
  return [...groups.values()];
}

/** Returns the filing that its rows show: the same object for the same rows. */
export function filingOf(rows: FilingRows): Filing {
  const [first] = rows;
  const known = made.get(first);
  if (known?.rows.length === rows.length && rows.every((row, index) => row === known.rows[index])) return known.filing;
  const filing = Object.freeze(toFiling(rows));
  made.set(first, { rows, filing });
  return filing;
}

/** Takes each fact from the first row that has it. */
function toFiling(rows: FilingRows): Filing {
  const [first] = rows;
  const withItems = rows.find(({ items }) => items.length > 0) ?? first;
  const forms = distinct(rows.map(({ form }) => form));
  const links = distinct(rows.map(({ link }) => link));
  const parties = distinctParties(rows);
  return {
    accession: first.accession,
    form: forms[0] ?? '',
    forms,
    parties,
    filedOn: firstOf(rows, ({ filedOn }) => filedOn),
    acceptedAt: firstOf(rows, ({ acceptedAt }) => acceptedAt),
    size: firstOf(rows, ({ size }) => size),
    items: withItems.items,
    link: links[0] ?? '',
    links,
    atomId: first.atomId,
    partial: lacksRole(forms, parties),
  };
}

function firstOf<Value>(rows: FilingRows, read: (row: FilingRow) => Value | null): Value | null {
  for (const row of rows) {
    const value = read(row);
    if (value !== null) return value;
  }
  return null;
}

function distinct(values: readonly string[]): string[] {
  return [...new Set(values)].filter((value) => value !== '');
}

function distinctParties(rows: FilingRows): Party[] {
  const parties = new Map<string, Party>();
  for (const row of rows) {
    const key = rowKey(row);
    if (!parties.has(key)) parties.set(key, row.party);
  }
  return [...parties.values()];
}
