import type { Filing, FilingRow, Party } from './filing.ts';

type Rows = [FilingRow, ...FilingRow[]];

/**
 * Groups rows into filings, wherever the rows stand: those of filings accepted in the same second interleave, and page
 * boundaries fall inside filings.
 *
 * A filing is identified by its accession number alone, a party by (accession, CIK, role). Rows that repeat both are
 * dropped. Filings keep the order of their first rows.
 */
export function groupFilings(rows: Iterable<FilingRow>): Filing[] {
  const groups = new Map<string, Rows>();
  for (const row of rows) {
    const group = groups.get(row.accession);
    if (group === undefined) groups.set(row.accession, [row]);
    else group.push(row);
  }
  return [...groups.values()].map(toFiling);
}

function toFiling(rows: Rows): Filing {
  const [first] = rows;
  const parties = new Map<string, Party>();
  for (const { party } of rows) {
    const key = `${party.cik} ${party.role}`;
    if (!parties.has(key)) parties.set(key, party);
  }
  const { accession, form, filedOn, acceptedAt, size, items, link, atomId } = first;
  const links = [...new Set(rows.map((row) => row.link))];
  return { accession, form, parties: [...parties.values()], filedOn, acceptedAt, size, items, link, links, atomId };
}
