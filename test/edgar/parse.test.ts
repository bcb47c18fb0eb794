import { describe, expect, test } from 'vitest';
import { parsePage, type FilingRow } from '../../src/edgar/index.ts';
import { ACCESSION, accessions, entryXml, feedXml, latin1, type EntryParts } from '../support/feed-xml.ts';
import { computingMs } from '../support/computing-time.ts';

function parseOne(parts: EntryParts): FilingRow | undefined {
  return parsePage(latin1(feedXml(entryXml(parts)))).rows[0];
}

describe('a good row', () => {
  test('is read completely', () => {
    const summary = ` <b>Filed:</b> 2026-01-05 <b>AccNo:</b> ${ACCESSION} <b>Size:</b> 2 MB
<br>Item 2.02: Results of Operations and Financial Condition
<br>Item 9.01: Financial Statements and Exhibits
`;
    expect(parseOne({ summary })).toEqual({
      accession: ACCESSION,
      form: '8-K',
      party: { name: 'Northwind Robotics, Inc.', cik: '0001400000', role: 'Filer' },
      filedOn: '2026-01-05',
      acceptedAt: new Date('2026-01-05T21:00:00Z'),
      size: '2 MB',
      items: [
        { code: '2.02', title: 'Results of Operations and Financial Condition' },
        { code: '9.01', title: 'Financial Statements and Exhibits' },
      ],
      link: `https://www.sec.gov/Archives/edgar/data/1400000/000123456726000001/${ACCESSION}-index.htm`,
      atomId: `urn:tag:sec.gov,2008:accession-number=${ACCESSION}`,
      gaps: [],
    });
  });

  test.each([
    ['4 - A - B (Feeder) - C, L.P. (0000000042) (Reporting)', '4', 'A - B (Feeder) - C, L.P.', 'Reporting'],
    [
      'SCHEDULE 13D/A - Vance (0000000001) (Trust) (0000000042) (Filed by)',
      'SCHEDULE 13D/A',
      'Vance (0000000001) (Trust)',
      'Filed by',
    ],
    ['8-K - 007 (0000000042) (Issuing Entity)', '8-K', '007', 'Issuing Entity'],
  ])('keeps the name in the title %j', (title, form, name, role) => {
    expect(parseOne({ title, form })).toMatchObject({ form, party: { name, cik: '0000000042', role } });
  });

  test('is read from elements with attributes too', () => {
    const entry = entryXml().replace('<summary>', '<summary type="html">').replace('<title>', '<title type="text">');
    expect(parsePage(latin1(feedXml(entry)))).toEqual(parsePage(latin1(feedXml(entryXml()))));
  });

  test('takes its form from the title where the category is missing', () => {
    expect(parseOne({ form: null })?.form).toBe('8-K');
  });

  test.each([
    ['<b>Film#:</b> 25004951  <b>Filed:</b> 2025-09-30 <b>AccNo:</b> x <b>Size:</b> 3 KB', '2025-09-30', '3 KB'],
    ['<b>Filed:</b> 2025-09-30 <b>AccNo:</b> x <b>Size:</b> 873', '2025-09-30', '873'],
    ['', null, null],
  ])('takes the date and the size from the summary %j', (summary, filedOn, size) => {
    expect(parseOne({ summary })).toMatchObject({ filedOn, size, items: [] });
  });

  test.each([null, '', 'javascript:alert(1)', 'https://', `https://www.sec.gov/${'x'.repeat(3000)}`])(
    'has the address of its index page in place of the link %j',
    (link) => {
      const expected = `https://www.sec.gov/Archives/edgar/data/1400000/000123456726000001/${ACCESSION}-index.htm`;
      expect(parseOne({ link })?.link).toBe(expected);
    },
  );
});

describe('text', () => {
  const titled = (name: string): string => `<title>8-K - ${name} (0000000042) (Filer)</title>`;
  const nameIn = (body: Uint8Array): string | undefined => parsePage(body).rows[0]?.party.name;
  const withName = (name: string): string => feedXml(entryXml().replace(/<title>.*<\/title>/, () => titled(name)));

  test('is decoded from ISO-8859-1, as declared', () => {
    expect(nameIn(latin1(withName('Société MÜLLER AÑIL')))).toBe('Société MÜLLER AÑIL');
  });

  test('is decoded from ISO-8859-1 where nothing is declared', () => {
    const page = withName('Société').replace(/<\?xml.*\?>/, '');
    expect(nameIn(latin1(page))).toBe('Société');
  });

  test('is decoded from another encoding that the page declares', () => {
    const page = withName('Société Ł').replace('ISO-8859-1', 'utf-8');
    expect(nameIn(Buffer.from(page, 'utf8'))).toBe('Société Ł');
  });

  test.each([
    ['O&#8217;Shea &amp; S&#xF8;n', 'O’Shea & Søn'],
    ['A &amp;amp; B', 'A & B'],
    ['Caf&amp;eacute; &amp;amp;amp; Bar&amp;#39;s', "Café & Bar's"],
    ['Soci&eacute;t&eacute; &#146;R&ndash;D&#146;', 'Société ’R–D’'],
    ['Denny&#39;s &lt;b&gt;', "Denny's <b>"],
    ['unknown &bogus; stays', 'unknown &bogus; stays'],
  ])('has its entities decoded, and once more where the feed escaped them twice: %j', (raw, name) => {
    expect(nameIn(latin1(withName(raw)))).toBe(name);
  });

  test.each(['@everyone **b** [x](y)', 'a\u0000b\u0007c\u001B[31m', 'N'.repeat(10_000), ' - ('.repeat(2500)])(
    'is kept as data however hostile it is (%#)',
    (name) => {
      expect(nameIn(latin1(withName(name)))).toBe(name);
    },
  );

  test('is read in less than a second even if it looks like many endings of a title', () => {
    const title = `8-K - ${' (0000000042) ('.repeat(20_000)}`;
    const spent = computingMs(() => expect(parseOne({ title })?.gaps).toEqual(['role']));
    expect(spent).toBeLessThan(1000);
  });
});

describe('a row without an accession number', () => {
  const none = { id: null, link: null, summary: '' };

  test.each([
    none,
    { ...none, id: '' },
    { ...none, id: 'urn:tag:sec.gov,2008:accession-number=' },
    { ...none, id: 'urn:tag:sec.gov,2008:accession-number=123-45-6' },
    { ...none, id: 'urn:tag:sec.gov,2008:accession-number=00012345672600000199' },
    { ...none, link: 'https://www.sec.gov/cgi-bin/browse-edgar' },
    { ...none, title: `8-K - ${ACCESSION} Trust (0000000042) (Filer)` },
  ] satisfies EntryParts[])('is refused with a reason, and the row after it is read (%#)', (parts) => {
    const { rows, refused, listed } = parsePage(latin1(feedXml(entryXml(parts), entryXml())));
    expect([rows.length, listed]).toEqual([1, 2]);
    expect(refused[0]?.reason).toContain('no accession number');
  });

  test('keeps its title as text, even where that looks like a number', () => {
    const page = latin1(feedXml(entryXml({ ...none, title: '007' })));
    expect(parsePage(page).refused).toMatchObject([{ title: '007' }]);
  });

  test('is refused even where it has none of the parts of a row', () => {
    const page = feedXml('<entry/>', '<entry>text</entry>', '<entry><id><b>x</b></id></entry>', '<entry></entry>');
    expect(parsePage(latin1(page))).toMatchObject({ rows: [], listed: 4, refused: { length: 4 } });
  });
});

describe('a row with gaps', () => {
  test.each([
    [{ title: null }, ['name', 'role']],
    [{ title: '8-K - Harbor Light plc (0000000042)' }, ['role']],
    [{ title: '8-K - (0000000042) (Filer)' }, ['name']],
    [{ title: '8-K - Harbor Light plc (Filer)', link: null }, ['CIK', 'link']],
    [{ title: 'nothing to go by', form: null }, ['form', 'role']],
    [{ updated: null }, ['time']],
    [{ updated: 'yesterday' }, ['time']],
    [{ title: null, form: null, link: null, updated: '' }, ['form', 'name', 'CIK', 'role', 'time', 'link']],
  ] satisfies [EntryParts, string[]][])('names what the feed does not give: %j', (parts, gaps) => {
    const row = parseOne(parts);
    expect(row).toMatchObject({ accession: ACCESSION, gaps });
    const found = [row?.form, row?.party.name, row?.party.cik, row?.party.role, row?.acceptedAt, row?.link];
    const missing = ['form', 'name', 'CIK', 'role', 'time', 'link'].filter((_, index) => !found[index]);
    expect(missing).toEqual(gaps);
  });

  test('has the CIK of its link where its title gives none', () => {
    expect(parseOne({ title: '8-K - Harbor Light plc (Filer)' })).toMatchObject({
      party: { name: 'Harbor Light plc', cik: '0001400000', role: 'Filer' },
      gaps: [],
    });
  });

  test.each<EntryParts>([
    { id: 'tag:sec.gov,2031:filing/0001234567-26-000001/v2' },
    { id: 'urn:uuid:60a76c80-d399-11d9-b93C-0003939e0af6' },
    { id: null },
    { id: 'urn:sec:000123456726000001', link: null },
    { id: 'x', link: 'https://www.sec.gov/Archives/edgar/data/1400000/000123456726000001/' },
    { id: '', link: 'https://www.sec.gov/cgi-bin/browse-edgar' },
    { id: null, link: null },
  ])('is known by its id, its link or its summary, whatever the others are: %j', (parts) => {
    const row = parseOne(parts);
    expect(row?.accession).toBe(ACCESSION);
    expect(row?.atomId).toContain(ACCESSION);
  });
});

describe('a page', () => {
  const page = feedXml(entryXml());

  test.each([feedXml(), '<feed/>', '<feed>No recent filings</feed>'])('is empty without entries: %j', (text) => {
    expect(parsePage(latin1(text))).toEqual({ rows: [], refused: [], listed: 0, defect: null });
  });

  test.each([
    ['', 'EDGAR_PAGE_TRUNCATED', /empty/],
    [page.slice(0, page.length / 2), 'EDGAR_PAGE_TRUNCATED', /ends in the middle/],
    [feedXml().slice(0, -4), 'EDGAR_PAGE_TRUNCATED', /ends in the middle/],
    [feedXml('<title></titel>'), 'EDGAR_PAGE_MALFORMED', /not well-formed XML: line \d/],
    [`\n\n<!-- ${'x'.repeat(2000)} -->\n<rss><entry/></rss>`, 'EDGAR_PAGE_MALFORMED', /its root is <rss>/],
    ['Service temporarily unavailable', 'EDGAR_PAGE_MALFORMED', /not well-formed XML/],
    ['<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>', 'EDGAR_PAGE_MALFORMED', /its root is <Error>/],
    [`<feed>${'<a>'.repeat(500)}${'</a>'.repeat(500)}</feed>`, 'EDGAR_PAGE_MALFORMED', /nested/],
    [feedXml('<__proto__>x</__proto__>'), 'EDGAR_PAGE_MALFORMED', /__proto__/],
    ['<!DOCTYPE html><html><title>SEC.gov | Oops</title></html>', 'EDGAR_PAGE_HTML', /"SEC.gov \| Oops"/],
    ['\n<html><body>Hi</body></html>', 'EDGAR_PAGE_HTML', /HTML page instead of the feed/],
    [page.replace('<feed', '<!DOCTYPE feed [<!ENTITY a "b">]><feed'), 'EDGAR_PAGE_DOCTYPE', /document type/],
    [page.replace('<entry>', '<!ENTITY a "b"><entry>'), 'EDGAR_PAGE_DOCTYPE', /entities/],
  ])('that is no feed is refused with a code of its own (%#)', (text, code, message) => {
    expect(() => parsePage(latin1(text))).toThrow(
      expect.objectContaining({ code, message: expect.stringMatching(message) }),
    );
  });

  test.each([
    ['between two entries', (text: string) => text.slice(0, text.lastIndexOf('<entry>'))],
    ['in an entry', (text: string) => text.slice(0, text.lastIndexOf('<updated>') + 12)],
    ['in the first tag of an entry', (text: string) => text.slice(0, text.lastIndexOf('<entry>') + 4)],
    ['in the last tag of an entry', (text: string) => text.slice(0, text.lastIndexOf('</entry>') + 7)],
  ])('that is cut off %s has its whole entries, and says that it was cut off', (_, cut) => {
    const [first, second, third] = accessions(1, 3);
    const text = feedXml(...[first, second, third].map((accession) => entryXml({ accession: accession ?? '' })));
    const { rows, listed, defect } = parsePage(latin1(cut(text)));
    expect(rows.map(({ accession }) => accession)).toEqual([first, second]);
    expect([listed, defect?.code, defect?.message]).toEqual([
      2,
      'EDGAR_PAGE_TRUNCATED',
      expect.stringMatching(/ends in the middle, after \d+ characters, with 2 whole entries/),
    ]);
  });

  test('that is cut off after its last entry has all of them, and says that it was cut off', () => {
    expect(parsePage(latin1(page.slice(0, -4)))).toMatchObject({ listed: 1, defect: { code: 'EDGAR_PAGE_TRUNCATED' } });
  });

  test.each(['\n', '<!-- served by node 7 -->', '   \r\n<?debug 0.03s?>'])(
    'may end with more than its feed: %j',
    (end) => {
      expect(parsePage(latin1(page + end))).toMatchObject({ listed: 1, defect: null });
    },
  );
});
