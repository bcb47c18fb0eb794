import type { FilingRow, Party, RefusedRow } from './filing.ts';
import { readSummary } from './summary.ts';
import { attributeOf, textOf } from './xml.ts';

/** Reads one `<entry>` of the feed, as a row or as the reason why it cannot be one. */
export function readRow(entry: unknown): FilingRow | RefusedRow {
  const title = textOf(entry, 'title');
  const atomId = textOf(entry, 'id');
  const refuse = (reason: string): RefusedRow => ({ reason, title: title.slice(0, 100) });

  const accession = /accession-number=(\d{10}-\d{2}-\d{6})$/.exec(atomId)?.[1];
  if (accession === undefined) return refuse('no accession number in its id');
  const form = attributeOf(entry, 'category', 'term') || (/^(.*?) - /s.exec(title)?.[1] ?? '');
  const party = readParty(title, form);
  if (form === '' || party === null) return refuse('its title does not read "FORM - NAME (CIK) (ROLE)"');
  const acceptedAt = readTime(textOf(entry, 'updated'));
  if (acceptedAt === null) return refuse('its time of acceptance is not a date');
  const link = readLink(entry, party.cik, accession);
  return { accession, form, party, acceptedAt, link, atomId, ...readSummary(textOf(entry, 'summary')) };
}

/**
 * Takes a title apart from both ends, as names contain " - " and parentheses of their own: the form is known from the
 * category, and the CIK with the role ends the title. Neither step looks back, however long the name is.
 */
function readParty(title: string, form: string): Party | null {
  const tail = / \((\d{10})\) \(([^()]*)\)$/.exec(title);
  const head = title.startsWith(`${form} - `) ? form.length + 3 : title.indexOf(' - ') + 3;
  if (tail === null || head < 3 || head > tail.index) return null;
  const [, cik = '', role = ''] = tail;
  return { name: title.slice(head, tail.index), cik, role };
}

/** Reads a time, which must have a time zone: without one it would be read as this machine's time. */
function readTime(updated: string): Date | null {
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})$/.test(updated)) return null;
  const time = new Date(updated);
  return Number.isNaN(time.getTime()) ? null : time;
}

/** Reads the link. A post needs one that opens: anything else is replaced by the address of the filing's index page. */
function readLink(entry: unknown, cik: string, accession: string): string {
  const link = attributeOf(entry, 'link', 'href');
  if (link.length <= 2000 && /^https?:/.test(link) && URL.canParse(link)) return link;
  const folder = `${Number(cik)}/${accession.replaceAll('-', '')}`;
  return `https://www.sec.gov/Archives/edgar/data/${folder}/${accession}-index.htm`;
}
