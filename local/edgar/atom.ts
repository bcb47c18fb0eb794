import type { GeneratedFiling, GeneratedParty } from './generated-filing.ts';

/** One listed row: a filing as seen from one of its parties. */
export interface ListedRow {
  readonly filing: GeneratedFiling;
  readonly party: GeneratedParty;
}

/** Writes a page of the feed as EDGAR does. An empty page has no entries and says so in its title. */
export function atomPage(rows: readonly ListedRow[], now: number): Uint8Array {
  const updated = easternTime(now);
  const title = `Latest Filings - ${updated}${rows.length === 0 ? ' - No recent filings' : ''}`;
  const lines = [
    '<?xml version="1.0" encoding="ISO-8859-1" ?>',
    '<feed xmlns="http://www.w3.org/2005/Atom">',
    `<title>${title}</title>`,
    '<link rel="alternate" href="/cgi-bin/browse-edgar?action=getcurrent"/>',
    `<updated>${updated}</updated>`,
    ...rows.map(entry),
    '</feed>',
  ];
  return Buffer.from(lines.join('\n'), 'latin1');
}

function entry({ filing, party }: ListedRow): string {
  const { accession, form, acceptedAt } = filing;
  const folder = `${Number(party.cik)}/${accession.replaceAll('-', '')}`;
  return [
    '<entry>',
    `<title>${escapeXml(`${form} - ${party.name} (${party.cik}) (${party.role})`)}</title>`,
    `<link rel="alternate" type="text/html" href="https://www.sec.gov/Archives/edgar/data/${folder}/${accession}-index.htm"/>`,
    '<summary type="html">',
    summary(filing),
    '</summary>',
    `<updated>${easternTime(acceptedAt)}</updated>`,
    `<category scheme="https://www.sec.gov/" label="form type" term="${escapeXml(form)}"/>`,
    `<id>urn:tag:sec.gov,2008:accession-number=${accession}</id>`,
    '</entry>',
  ].join('\n');
}

function summary({ filedOn, accession, size, items }: GeneratedFiling): string {
  const facts = ` <b>Filed:</b> ${filedOn} <b>AccNo:</b> ${accession} <b>Size:</b> ${size}`;
  return escapeXml([facts, ...items.map((item) => `<br>${item}`)].join('\n'));
}

export function escapeXml(text: string): string {
  const entities: Readonly<Record<string, string>> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  };
  return text.replaceAll(/[&<>"']/g, (character) => entities[character] ?? character);
}

/** Writes the time with the offset of a New York winter, all year: a reader must take the offset from the text. */
function easternTime(time: number): string {
  return `${new Date(time - 5 * 3_600_000).toISOString().slice(0, 19)}-05:00`;
}
