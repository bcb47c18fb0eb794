import { describe, expect, test } from 'vitest';
import { accessionOf } from '../../../src/edgar/page/accession.ts';

const OWN = '0001234567-26-000001';
const FOLDER = 'https://mirror.example/Archives/edgar/data/1400000/000123456726000001';

const find = (parts: { id?: string; links?: readonly string[]; summary?: string }): string | undefined =>
  accessionOf({ title: '', updated: '', forms: [], id: '', links: [], summary: '', ...parts });

describe('the accession number of a row', () => {
  test.each([
    { id: `urn:tag:sec.gov,2008:accession-number=${OWN}` },
    { links: [`https://mirror.example/${OWN}-index.htm`] },
    { summary: `<b>AccNo:</b> ${OWN}` },
    { links: [`${FOLDER}/`] },
    { links: ['https://mirror.example/feed', FOLDER] },
    { id: `${FOLDER}/primary.xml` },
  ])('stands in %j', (parts) => {
    expect(find(parts)).toBe(OWN);
  });

  test.each([
    { id: '123456789012345678' },
    { id: 'https://mirror.example/item/202601051234567890' },
    { links: ['https://mirror.example/data/202601051234567890'] },
    { summary: 'AccNo: 123456789012345678' },
    { links: [`${FOLDER}9/`] },
  ])('is no number of 18 digits elsewhere, which may be an id of a mirror (%j)', (parts) => {
    expect(find(parts)).toBeUndefined();
    const link = `https://mirror.example/${OWN}-index.htm`;
    expect(find({ ...parts, links: [...(parts.links ?? []), link] })).toBe(OWN);
  });

  test('with dashes counts before a folder, wherever it stands', () => {
    const folder = 'https://mirror.example/data/1400000/999999999999999999/';
    expect(find({ links: [folder], summary: `AccNo: ${OWN}` })).toBe(OWN);
    expect(find({ id: folder, links: [`https://mirror.example/${OWN}.txt`] })).toBe(OWN);
  });
});
