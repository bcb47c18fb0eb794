import { escapeXml } from '../../local/edgar/atom.ts';

/** The parts of one entry; what is left out has a good value, and `null` leaves the element out. */
export interface EntryParts {
  readonly title?: string | null;
  readonly form?: string | null;
  readonly accession?: string;
  readonly id?: string | null;
  readonly link?: string | null;
  readonly updated?: string | null;
  readonly summary?: string;
}

export const ACCESSION = '0001234567-26-000001';

/** One `<entry>`, as text in which every value is escaped. */
export function entryXml(parts: EntryParts = {}): string {
  const { accession = ACCESSION } = parts;
  const {
    title = '8-K - Northwind Robotics, Inc. (0001400000) (Filer)',
    form = '8-K',
    id = `urn:tag:sec.gov,2008:accession-number=${accession}`,
    link = `https://www.sec.gov/Archives/edgar/data/1400000/${accession.replaceAll('-', '')}/${accession}-index.htm`,
    updated = '2026-01-05T16:00:00-05:00',
    summary = ` <b>Filed:</b> 2026-01-05 <b>AccNo:</b> ${accession} <b>Size:</b> 146 KB`,
  } = parts;
  return [
    '<entry>',
    element('title', title),
    link === null ? '' : `<link rel="alternate" href="${escapeXml(link)}"/>`,
    element('summary', summary),
    element('updated', updated),
    form === null ? '' : `<category label="form type" term="${escapeXml(form)}"/>`,
    element('id', id),
    '</entry>',
  ].join('\n');
}

export function feedXml(...entries: readonly string[]): string {
  return `<?xml version="1.0" encoding="ISO-8859-1" ?>\n<feed xmlns="http://www.w3.org/2005/Atom">\n${entries.join('\n')}\n</feed>\n`;
}

const entriesMade = new Map<string, string>();

/** The entry of an accession number. Crawls of long feeds ask for the same rows again and again. */
function entryOf(accession: string): string {
  const entry = entriesMade.get(accession) ?? entryXml({ accession });
  entriesMade.set(accession, entry);
  return entry;
}

/** A page with one row for each of the accession numbers. */
export function pageOf(numbers: readonly string[]): Uint8Array {
  return latin1(feedXml(...numbers.map(entryOf)));
}

/** `count` accession numbers from `first` on, newest first. */
export function accessions(first: number, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `0001234567-26-${String(900_000 - first - index)}`);
}

export function latin1(text: string): Uint8Array {
  return Buffer.from(text, 'latin1');
}

function element(name: string, text: string | null): string {
  return text === null ? '' : `<${name}>${escapeXml(text)}</${name}>`;
}
