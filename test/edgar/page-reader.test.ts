import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parsePage, type FilingRow, type RefusedRow } from '../../src/edgar/index.ts';
import { PageReader } from '../../src/edgar/page-reader.ts';
import { accessions, entryXml, feedXml, latin1, pageOf } from '../support/feed-xml.ts';
import { hasRecordings, recordedPages } from '../support/recorded-edgar.ts';

/** Reads pages, and counts the rows that no earlier page gave: an entry that is remembered gives the same row. */
function countingReader(): { readonly reader: PageReader; readonly count: (body: Uint8Array) => Promise<number> } {
  const reader = new PageReader();
  const known = new WeakSet<FilingRow | RefusedRow>();
  const count = async (body: Uint8Array): Promise<number> => {
    const { rows, refused } = await reader.read(body);
    const fresh = [...rows, ...refused].filter((entry) => !known.has(entry));
    for (const entry of fresh) known.add(entry);
    return new Set(fresh).size;
  };
  return { reader, count };
}

async function turnsDuring(work: Promise<unknown>): Promise<number> {
  let turns = 0;
  let isOver = false;
  const count = (): void => {
    turns += 1;
    if (!isOver) setImmediate(count);
  };
  setImmediate(count);
  await work;
  isOver = true;
  return turns;
}

describe('a page reader', () => {
  test('parses an entry once, as long as every crawl meets it', async () => {
    const { reader, count } = countingReader();
    const listed = accessions(0, 60);
    const crawl = async (from: number, to: number): Promise<number> => {
      const parsed = await count(pageOf(listed.slice(from, to)));
      reader.endCrawl('whole');
      return parsed;
    };
    expect(await crawl(10, 60)).toBe(50);
    expect(await crawl(0, 50)).toBe(10);
    expect(await crawl(0, 50)).toBe(0);
    expect(await crawl(20, 60)).toBe(10);
    expect(await crawl(0, 10)).toBe(10);
    expect(await crawl(20, 60)).toBe(40);
  });

  test('remembers entries on whatever page they are, within a crawl too, and refused ones', async () => {
    const { reader, count } = countingReader();
    const refused = entryXml({ id: null, link: null, summary: '' });
    const [first, second] = [latin1(feedXml(refused, entryXml())), latin1(feedXml(entryXml(), refused, entryXml()))];
    expect(await count(first)).toBe(2);
    expect(await count(second)).toBe(0);
    expect(await reader.read(second)).toEqual(parsePage(second));
  });

  test('gives the same row for the same text, and another one for any other text', async () => {
    const reader = new PageReader();
    const read = async (entry: string) => (await reader.read(latin1(feedXml(entry)))).rows[0];
    const row = await read(entryXml());
    reader.endCrawl('whole');
    expect(await read(entryXml())).toBe(row);
    expect(await read(entryXml().replace('Filer', 'Issuer'))).toMatchObject({ party: { role: 'Issuer' } });
  });

  test('refuses what is no page of the feed', async () => {
    await expect(new PageReader().read(latin1('<html></html>'))).rejects.toMatchObject({ code: 'EDGAR_PAGE_HTML' });
  });

  test('lets the event loop run while it parses a page, and while it finds many known entries', async () => {
    const reader = new PageReader();
    expect(await turnsDuring(reader.read(pageOf(accessions(0, 100))))).toBeGreaterThanOrEqual(4);
    const large = pageOf(accessions(0, 5000));
    await reader.read(large);
    expect(await turnsDuring(reader.read(large))).toBeGreaterThanOrEqual(4);
  });

  test('keeps the entries of before after crawls that read a part', async () => {
    const { reader, count } = countingReader();
    const listed = accessions(0, 60);
    expect(await count(pageOf(listed))).toBe(60);
    reader.endCrawl('whole');
    for (let crawl = 0; crawl < 5; crawl += 1) {
      expect(await count(pageOf(listed.slice(0, 10)))).toBe(0);
      reader.endCrawl('part');
    }
    expect(await count(pageOf(listed))).toBe(0);
  });

  test('makes room after crawls that read a part, once much is remembered', async () => {
    const { reader, count } = countingReader();
    const large = (index: number): Uint8Array =>
      latin1(feedXml(entryXml({ accession: accessions(index, 1)[0] ?? '', summary: 'x'.repeat(900_000) })));
    for (let index = 0; index < 40; index += 1) {
      expect(await count(large(index))).toBe(1);
      reader.endCrawl('part');
      expect(await count(large(index))).toBe(0);
    }
  });

  test('reads with its memory what it reads without', async () => {
    const texts = fc.constantFrom(
      ...accessions(0, 6).map((accession) => entryXml({ accession })),
      entryXml().replace('Inc.', '& Sons'),
      entryXml({ id: null, link: null, summary: '' }),
      '<entry>',
      '<entry><title>ZÜRICH €</title></entry>',
      '<!-- <entry></entry> -->',
    );
    const pages = fc.array(fc.array(texts, { minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 4 });
    const crawls = fc.array(pages, { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(crawls, fc.boolean(), async (all, isCut) => {
        const reader = new PageReader();
        for (const crawl of all) {
          for (const entries of crawl) {
            const text = feedXml(entryXml(), ...entries);
            const body = Buffer.from(isCut ? text.slice(0, -9) : text);
            expect(await reader.read(body)).toEqual(parsePage(body));
          }
          reader.endCrawl('whole');
        }
      }),
      { numRuns: 100 },
    );
  });

  test.skipIf(!hasRecordings)(
    'reads recorded crawls as they are read without a memory, and parses little twice',
    async () => {
      const { reader, count } = countingReader();
      const parsed: number[] = [];
      for (const crawl of ['A_2025-12-12T180234ET_all', 'B_2025-12-12T180331ET_all']) {
        const pages = recordedPages(crawl);
        let fresh = 0;
        for (const page of pages) fresh += await count(page);
        parsed.push(fresh);
        reader.endCrawl('whole');
        for (const page of pages) expect(await reader.read(page)).toEqual(parsePage(page));
      }
      expect(parsed[0]).toBeGreaterThan(5000);
      expect(parsed[1]).toBeLessThan(20);
    },
  );
});
