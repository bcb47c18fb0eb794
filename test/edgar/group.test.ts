import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { groupFilings, parsePage, type Filing, type FilingRow } from '../../src/edgar/index.ts';
import { entryXml, feedXml, latin1 } from '../support/feed-xml.ts';
import { hasRecordings, recordedCrawls, recordedPages } from '../support/recorded-edgar.ts';

const [A, B] = ['0001234567-26-000001', '0001234567-26-000002'] as const;

function row(accession: string, cik: string, role: string): FilingRow {
  const title = `4 - Somebody (${cik}) (${role})`;
  const link = `https://www.sec.gov/Archives/edgar/data/${Number(cik)}/x/${accession}-index.htm`;
  const [parsed] = parsePage(latin1(feedXml(entryXml({ accession, title, link, form: '4' })))).rows;
  if (parsed === undefined) throw new Error('The row does not parse.');
  return parsed;
}

const brief = ({ accession, parties }: Filing): unknown => [
  accession,
  parties.map(({ cik, role }) => `${Number(cik)} ${role}`),
];

describe('groupFilings', () => {
  test('groups interleaved rows, in the order of their first rows', () => {
    const rows = [
      row(A, '0000000001', 'Issuer'),
      row(B, '0000000002', 'Reporting'),
      row(A, '0000000003', 'Reporting'),
      row(B, '0000000001', 'Issuer'),
    ];
    expect(groupFilings(rows).map(brief)).toEqual([
      [A, ['1 Issuer', '3 Reporting']],
      [B, ['2 Reporting', '1 Issuer']],
    ]);
  });

  test('drops a repeated row, but keeps one company in two roles', () => {
    const rows = [row(A, '0000000001', 'Filer'), row(A, '0000000001', 'Filer'), row(A, '0000000001', 'Depositor')];
    expect(groupFilings(rows).map(brief)).toEqual([[A, ['1 Filer', '1 Depositor']]]);
  });

  test('tells parties without a CIK by their names', () => {
    const named = (name: string): FilingRow => ({ ...row(A, '', ''), party: { name, cik: '', role: '' } });
    const [filing] = groupFilings([named('JANE A'), named('JOHN B'), named('JANE A')]);
    expect(filing?.parties.map(({ name }) => name)).toEqual(['JANE A', 'JOHN B']);
  });

  test('keeps the first link as the link, and every different one', () => {
    const [filing] = groupFilings([
      row(A, '0000000002', 'Issuer'),
      row(A, '0000000001', 'Reporting'),
      row(A, '0000000002', 'Filer'),
    ]);
    expect(filing?.link).toContain('/data/2/');
    expect(filing?.links.map((link) => /data\/(\d+)/.exec(link)?.[1])).toEqual(['2', '1']);
  });

  test('keeps filings of the same party apart', () => {
    expect(groupFilings([row(A, '0000000001', 'Filer'), row(B, '0000000001', 'Filer')])).toHaveLength(2);
  });
});

describe.skipIf(!hasRecordings)('a recorded crawl', () => {
  test('has a link, a date and a size in every row, and two parties in every form 4', () => {
    const [crawl = ''] = readdirSync(recordedCrawls).toSorted();
    const pages = recordedPages(crawl).map(parsePage);
    const filings = groupFilings(pages.flatMap(({ rows }) => rows));
    // The last ones are cut off by the end of the feed.
    const ownership = filings.slice(0, -10).filter(({ form }) => form === '4');
    expect(pages.flatMap(({ refused }) => refused)).toEqual([]);
    expect(filings).toHaveLength(3313);
    expect(
      filings.filter(({ filedOn, size, link, accession }) => !filedOn || !size || !link.includes(accession)),
    ).toEqual([]);
    expect(ownership.length).toBeGreaterThan(800);
    expect(ownership.filter(({ parties }) => parties.length < 2)).toEqual([]);
  });
});
