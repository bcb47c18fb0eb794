import { describe, expect, test } from 'vitest';
import { parsePage, type FilingRow } from '../../src/edgar/index.ts';
import { ACCESSION, entryXml, feedXml, latin1, type EntryParts } from '../support/feed-xml.ts';

function parseOne(parts: EntryParts): FilingRow | undefined {
  return parsePage(latin1(feedXml(entryXml(parts)))).rows[0];
}

function refusalOf(parts: EntryParts): string | undefined {
  const { rows, refused } = parsePage(latin1(feedXml(entryXml(parts), entryXml())));
  expect(rows).toHaveLength(1);
  return refused[0]?.reason;
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
    ['A &amp;amp; B', 'A &amp; B'],
    ['Denny&#39;s &lt;b&gt;', "Denny's <b>"],
    ['unknown &bogus; stays', 'unknown &bogus; stays'],
  ])('has its entities decoded once: %j', (raw, name) => {
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
    const startedAt = performance.now();
    expect(refusalOf({ title })).toContain('its title');
    expect(performance.now() - startedAt).toBeLessThan(1000);
  });
});

describe('a bad row', () => {
  test.each([
    [{ id: null }, 'no accession number'],
    [{ id: '' }, 'no accession number'],
    [{ id: 'https://www.sec.gov/cgi-bin/browse-edgar' }, 'no accession number'],
    [{ id: 'urn:tag:sec.gov,2008:accession-number=' }, 'no accession number'],
    [{ id: 'urn:tag:sec.gov,2008:accession-number=123-45-6' }, 'no accession number'],
    [{ title: 'nothing to go by' }, 'its title'],
    [{ title: null }, 'its title'],
    [{ title: '8-K - No Number (Filer)' }, 'its title'],
    [{ title: '8-K - (0000000042) (Filer)' }, 'its title'],
    [{ updated: null }, 'its time'],
    [{ updated: 'yesterday' }, 'its time'],
    [{ updated: '2026-13-45T99:00:00-05:00' }, 'its time'],
    [{ updated: '2026-01-05T16:00:00' }, 'its time'],
  ] satisfies [EntryParts, string][])('%j is refused with a reason, and the row after it is read', (parts, reason) => {
    expect(refusalOf(parts)).toContain(reason);
  });

  test('keeps its title as text, even where that looks like a number', () => {
    expect(parsePage(latin1(feedXml(entryXml({ title: '007' })))).refused).toMatchObject([{ title: '007' }]);
  });

  test('is refused even where it has none of the parts of a row', () => {
    const { rows, refused } = parsePage(
      latin1(feedXml('<entry/>', '<entry>text</entry>', '<entry><id><b>x</b></id></entry>')),
    );
    expect([rows.length, refused.length]).toEqual([0, 3]);
  });
});

describe('a page', () => {
  const page = feedXml(entryXml());

  test.each([feedXml(), '<feed/>', '<feed>No recent filings</feed>'])('is empty without entries: %j', (text) => {
    expect(parsePage(latin1(text))).toEqual({ rows: [], refused: [] });
  });

  test.each([
    ['', 'EDGAR_PAGE_TRUNCATED', /empty/],
    [page.slice(0, page.length / 2), 'EDGAR_PAGE_TRUNCATED', /ends in the middle/],
    [page.slice(0, -4), 'EDGAR_PAGE_TRUNCATED', /ends in the middle/],
    [page.replace('</title>', '</titel>'), 'EDGAR_PAGE_MALFORMED', /not well-formed XML: line \d/],
    ['Service temporarily unavailable', 'EDGAR_PAGE_MALFORMED', /not well-formed XML/],
    ['<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>', 'EDGAR_PAGE_MALFORMED', /its root is <Error>/],
    [page.replace('ISO-8859-1', 'klingon'), 'EDGAR_PAGE_MALFORMED', /unknown encoding "klingon"/],
    [`<feed>${'<a>'.repeat(500)}${'</a>'.repeat(500)}</feed>`, 'EDGAR_PAGE_MALFORMED', /nested/],
    [feedXml('<entry><__proto__>x</__proto__></entry>'), 'EDGAR_PAGE_MALFORMED', /__proto__/],
    ['<!DOCTYPE html><html><title>SEC.gov | Oops</title></html>', 'EDGAR_PAGE_HTML', /"SEC.gov \| Oops"/],
    ['\n<html><body>Hi</body></html>', 'EDGAR_PAGE_HTML', /HTML page instead of the feed/],
    [page.replace('<feed', '<!DOCTYPE feed [<!ENTITY a "b">]><feed'), 'EDGAR_PAGE_DOCTYPE', /document type/],
    [page.replace('<entry>', '<!ENTITY a "b"><entry>'), 'EDGAR_PAGE_DOCTYPE', /entities/],
  ])('that is no feed is refused with a code of its own (%#)', (text, code, message) => {
    expect(() => parsePage(latin1(text))).toThrow(
      expect.objectContaining({ code, message: expect.stringMatching(message) }),
    );
  });
});
