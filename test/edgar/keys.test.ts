import { expect, test } from 'vitest';
import { filingAliases, filingKey, groupFilings, parsePage, type Filing } from '../../src/edgar/index.ts';
import { ACCESSION, entryXml, feedXml, latin1 } from '../support/feed-xml.ts';

function filingOf(...entries: readonly string[]): Filing {
  const [filing] = groupFilings(parsePage(latin1(feedXml(...entries))).rows);
  if (filing === undefined) throw new Error('There is no filing.');
  return filing;
}

const linkUnder = (cik: number): string =>
  `https://www.sec.gov/Archives/edgar/data/${cik}/000123456726000001/${ACCESSION}-index.htm`;

test('the key is the accession number', () => {
  expect(filingKey(filingOf(entryXml()))).toBe(ACCESSION);
});

test("the aliases are the Atom id and every row's link", () => {
  const other = entryXml({ title: '8-K - Other (0000000002) (Filer)', link: linkUnder(2) });
  expect(filingAliases(filingOf(entryXml(), other))).toEqual([
    `urn:tag:sec.gov,2008:accession-number=${ACCESSION}`,
    linkUnder(1_400_000),
    linkUnder(2),
  ]);
});

test('a link that many filings may share is no alias', () => {
  const shared = 'https://www.sec.gov/cgi-bin/browse-edgar?action=getcurrent';
  expect(filingAliases(filingOf(entryXml({ link: shared })))).not.toContain(shared);
});
