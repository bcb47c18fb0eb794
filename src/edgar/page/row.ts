import type { FilingRow, RefusedRow } from '../filing.ts';
import { accessionOf } from './accession.ts';
import { decodeFully } from './entities.ts';
import type { EntryParts } from './entry-parts.ts';
import { readSummary } from './summary.ts';
import { readTime } from './time.ts';
import { readTitle } from './title.ts';

/**
 * Reads the parts of an entry as a row. Whatever the feed does not give is a gap in it; only an entry without an
 * accession number is refused.
 */
export function readRow(parts: EntryParts): FilingRow | RefusedRow {
  const accession = accessionOf(parts);
  if (accession === undefined) {
    return { reason: 'no accession number in its id, its links or its summary', title: parts.title.slice(0, 100) };
  }
  const link = readLink(parts.links, accession);
  const { form, name, role, ...title } = readTitle(parts.title, readForm(parts.forms));
  const cik = title.cik === '' ? cikIn(link) : title.cik;
  const facts = {
    form,
    party: { name, cik, role },
    acceptedAt: readTime(parts.updated),
    link: link === '' ? indexPage(cik, accession) : link,
  };
  const atomId = readAtomId(parts.id, accession);
  return { accession, ...facts, atomId, gaps: gapsOf(facts), ...readSummary(parts.summary) };
}

function gapsOf({
  form,
  party,
  acceptedAt,
  link,
}: Pick<FilingRow, 'form' | 'party' | 'acceptedAt' | 'link'>): string[] {
  const missing = {
    form: form === '',
    name: party.name === '',
    CIK: party.cik === '',
    role: party.role === '',
    time: acceptedAt === null,
    link: link === '',
  };
  return Object.entries(missing).flatMap(([part, isMissing]) => (isMissing ? [part] : []));
}

function readForm(forms: readonly string[]): string {
  const written = forms.map((form) => decodeFully(form).replaceAll(/\s+/g, ' ').trim());
  return written.find((form) => form !== '')?.slice(0, 100) ?? '';
}

/**
 * Finds the address of the filing, '' if there is none. A post needs one that opens, and the one that names the filing
 * is better than any other.
 */
function readLink(links: readonly string[], accession: string): string {
  const usable = links.map((link) => link.trim()).filter(isAddress);
  const own = usable.find((link) => link.includes(accession) || link.includes(accession.replaceAll('-', '')));
  return own ?? usable[0] ?? '';
}

function isAddress(link: string): boolean {
  return link.length <= 2000 && /^https?:/.test(link) && URL.canParse(link);
}

/** The CIK in an address of EDGAR's archive, which is that of the row's party. */
function cikIn(link: string): string {
  return /\/data\/(\d{1,10})\//.exec(link)?.[1]?.padStart(10, '0') ?? '';
}

function indexPage(cik: string, accession: string): string {
  if (cik === '') return '';
  const folder = `${Number(cik)}/${accession.replaceAll('-', '')}`;
  return `https://www.sec.gov/Archives/edgar/data/${folder}/${accession}-index.htm`;
}

/** An id that does not name the filing is replaced by the one that EDGAR gives it: it is shared with other filings. */
function readAtomId(id: string, accession: string): string {
  return id.includes(accession) && id.length <= 500 ? id.trim() : `urn:tag:sec.gov,2008:accession-number=${accession}`;
}
